/** Sections of an AWS configuration file by name, each with its settings. A profile `x` is `[x]` in one of the files and `[profile x]` in the other. */
export type IniFile = ReadonlyMap<string, Readonly<Record<string, string>>>

/** Reads the format of `~/.aws/config` and `~/.aws/credentials`; nested settings (indented lines) are not needed and left out. */
export const parseIniFile = (text: string): IniFile => {
  const sections = new Map<string, Record<string, string>>()
  let section: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line) ?? []
    if (name !== undefined) {
      section = sections.get(name) ?? {}
      sections.set(name, section)
      continue
    }
    const [, key, value] = /^([^\s#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) section[key] = value.replace(/\s[#;].*$/, '')
  }
  return sections
}
