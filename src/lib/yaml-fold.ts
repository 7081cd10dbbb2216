/** Behind this column a line ends at the next space. */
const width = 80

/** A key, if there is one, and what stands behind it. */
const linePattern = /^( *(?:- )*)((?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s"'][^\n]*?):(?: |$))?(.*)$/u
const blockStart = /^[|>][-+0-9]*$/

/** A text of one line over several: the space at which it is cut is read again where the next line begins. */
const folded = (value: string, start: number, indent: number): string => {
  const quote = /^['"]/.exec(value)?.[0]
  const characters = Array.from(value)
  const last = characters.length - 1
  let column = start
  return characters
    .map((character, index) => {
      const isInside = quote === undefined || (index > 1 && index < last - 1)
      const isAlone = character === ' ' && characters[index - 1] !== ' ' && characters[index + 1] !== ' '
      if (isAlone && isInside && column > width) {
        column = indent
        return `\n${' '.repeat(indent)}`
      }
      column += 1
      return character
    })
    .join('')
}

/**
 * Folds the long lines of block-style YAML as Go's library does, which programs in Go print by: at the first space behind column 80, and
 * never in texts that have lines of their own. What the YAML says stays the same.
 */
export const foldYaml = (yaml: string): string => {
  /** Indentation of the key whose text has lines of its own. */
  let block: number | undefined
  return yaml
    .split('\n')
    .map((line) => {
      const [, lead = '', key = '', value = ''] = linePattern.exec(line) ?? []
      if (block !== undefined && (line === '' || lead.search(/[^ ]|$/) > block)) return line
      block = blockStart.test(value) ? lead.length : undefined
      if (line.length <= width || block !== undefined) return line
      return lead + key + folded(value, lead.length + key.length, lead.length + (key === '' ? 0 : 2))
    })
    .join('\n')
}
