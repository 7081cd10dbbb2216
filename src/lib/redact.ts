const mask = '*****'

/** The spellings under which a secret can turn up: as it is, inside JSON, inside an address, and in basic authentication. */
const spellingsOf = (secret: string): string[] => [
  secret,
  secret.trim(),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  new URLSearchParams({ '': secret }).toString().slice(1),
  Buffer.from(secret).toString('base64'),
]

/** A function that replaces every spelling of the secrets by `*****`. Longer ones go first, so that no part of one is left over. */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].filter((spelling) => spelling !== '')
  const longestFirst = spellings.sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((redacted, spelling) => redacted.replaceAll(spelling, mask), text)
}

/** The same for the values of a map; keys are names that a provider chose. */
export const redactValues = (
  values: Readonly<Record<string, string>> | undefined,
  redact: (text: string) => string,
): Record<string, string> | undefined =>
  values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, redact(value)]))
