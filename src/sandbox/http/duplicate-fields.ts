/** One JSON token of a text: a string with its quotes, or a single structural character. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g

interface Level {
  readonly path: string
  readonly names: Set<string> | undefined
  /** The member that is being read, or the index of the item. */
  current: string
  index: number
}

const pathOf = ({ path, names, current, index }: Level): string => {
  if (names === undefined) return `${path}[${index}]`
  return path === '' ? current : `${path}.${current}`
}

/**
 * Paths of members that an object of a JSON text has more than once, which `JSON.parse` passes over in silence. Text that is
 * no JSON (YAML bodies) has none: its parser refuses duplicates itself.
 */
export const duplicateFields = (text: string): readonly string[] => {
  if (!/^\s*[{[]/.test(text)) return []
  const found: string[] = []
  const levels: Level[] = []
  let expectsName = false
  for (const [part] of text.matchAll(token)) {
    const top = levels.at(-1)
    if (part === '{' || part === '[') {
      const path = top === undefined ? '' : pathOf(top)
      levels.push({ path, names: part === '{' ? new Set() : undefined, current: '', index: 0 })
      expectsName = part === '{'
    } else if (part === '}' || part === ']') {
      levels.pop()
      expectsName = false
    } else if (part === ',') {
      if (top !== undefined) top.index += 1
      expectsName = top?.names !== undefined
    } else if (part !== ':' && expectsName && top?.names !== undefined) {
      top.current = JSON.parse(part)
      if (top.names.has(top.current)) found.push(pathOf(top))
      top.names.add(top.current)
      expectsName = false
    }
  }
  return found
}
