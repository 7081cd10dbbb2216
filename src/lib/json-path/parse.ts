import { Cursor } from './cursor.ts'
import { type JsonPath, JsonPathError, type PathList, type PathNode, type Slice } from './template.ts'
import { unquote } from './unquote.ts'

const isTerminator = (character: string): boolean => character === '' || ' \t\r\n.,[]$@{}'.includes(character)
const isWordCharacter = (character: string): boolean => /^[_\p{L}\p{Nd}]$/u.test(character)
const isDigit = (character: string): boolean => /^\p{Nd}$/u.test(character)

const readField = (cursor: Cursor): PathNode => {
  cursor.take()
  while (!isTerminator(cursor.peek)) if (cursor.next() === '\\') cursor.next()
  const name = cursor.take()
  return name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') }
}

const readIdentifier = (cursor: Cursor): PathNode => {
  cursor.while((character) => !isTerminator(character))
  const name = cursor.take()
  return name === 'true' || name === 'false'
    ? { type: 'boolean', value: name === 'true' }
    : { type: 'identifier', name }
}

const readNumber = (cursor: Cursor): PathNode => {
  if (cursor.peek === '+' || cursor.peek === '-') cursor.next()
  cursor.while((character) => character === '.' || isDigit(character))
  const text = cursor.take()
  if (/^[-+]?[0-9]+$/.test(text)) return { type: 'integer', value: Number(text) }
  if (/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) return { type: 'float', value: Number(text) }
  throw new JsonPathError(`cannot parse number ${text}`)
}

const readQuoted = (cursor: Cursor, quote: string): PathNode => {
  for (;;) {
    const character = cursor.next()
    if (character === '' || character === '\n') throw new JsonPathError('unterminated quoted string')
    if (character === quote && cursor.beforeLast !== '\\') break
  }
  return { type: 'text', text: unquote(cursor.take()) }
}

const sliceBound = (text: string | undefined): number | undefined =>
  text === undefined || text === '' || text === ':' ? undefined : Number(text.replace(':', ''))

const readSlice = (text: string): Slice => {
  const parts = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text)
  if (parts === null) throw new JsonPathError(`invalid array index ${text}`)
  for (const part of parts.slice(1)) {
    const index = part?.replace(':', '')
    if (index === '-') throw new JsonPathError('array index - is not a number')
  }
  const start = sliceBound(parts[1])
  const endDerived = parts[2] === undefined || parts[2] === ''
  return { start, end: endDerived ? (start ?? 0) + 1 : sliceBound(parts[2]), endDerived, step: sliceBound(parts[3]) }
}

/** An action such as `.a[0]`, without its braces. */
const parseAction = (text: string): PathList => {
  const [block] = parseBlocks(`{${text}}`)
  return block?.type === 'list' ? block.nodes : []
}

const readBrackets = (cursor: Cursor): PathList => {
  for (let character = cursor.next(); character !== ']'; character = cursor.next()) {
    if (character === '' || character === '\n') throw new JsonPathError('unterminated array')
  }
  const text = cursor.take().slice(1, -1)
  const parts = text.split(',')
  if (parts.length > 1) {
    return [{ type: 'union', branches: parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`)) }]
  }
  // A quoted key is read as a field path: `['a.b']` is two fields, `['a\.b']` one. That is how kubectl reads it.
  const key = /^'([^']*)'$/.exec(text)
  if (key !== null) return parseAction(`.${key[1]}`)
  return [{ type: 'slice', slice: readSlice(text === '*' ? ':' : text) }]
}

/** Passes a filter's text up to its closing bracket; one pair of quotes may hold a closing bracket. */
const takeFilterText = (cursor: Cursor): string => {
  let openQuote: string | undefined
  let closed = false
  for (;;) {
    const character = cursor.next()
    if (character === '' || character === '\n') throw new JsonPathError('unterminated filter')
    if (character === '"' || character === "'") {
      if (openQuote === undefined) openQuote = character
      else if (character === openQuote && cursor.beforeLast !== '\\') closed = true
    }
    if (character === ')' && (openQuote !== undefined) === closed) break
  }
  if (cursor.next() !== ']') throw new JsonPathError('unclosed array expect ]')
  return cursor.take().slice(0, -2)
}

const readFilter = (cursor: Cursor): PathNode => {
  cursor.skip('[?('.length)
  const text = takeFilterText(cursor)
  const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text)
  if (comparison === null) return { type: 'filter', left: parseAction(text), operator: 'exists', right: [] }
  const [, left = '', operator = '', right = ''] = comparison
  return { type: 'filter', left: parseAction(left), operator, right: parseAction(right) }
}

const readRecursive = (cursor: Cursor, before: PathNode | undefined): PathList => {
  if (before?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent')
  cursor.skip('..'.length)
  return isWordCharacter(cursor.peek) ? [{ type: 'recursive' }, readField(cursor)] : [{ type: 'recursive' }]
}

const unrecognized = (character: string): JsonPathError => {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return new JsonPathError(`unrecognized character in action: U+${point} '${character}'`)
}

/** Reads the next step of an action. */
const readStep = (cursor: Cursor, before: PathNode | undefined): PathList => {
  if (cursor.startsWith('[?(')) return [readFilter(cursor)]
  if (cursor.startsWith('..')) return readRecursive(cursor, before)
  const character = cursor.next()
  if (character === '' || character === '\n' || character === '\r') throw new JsonPathError('unclosed action')
  if (character === ' ' || character === '@' || character === '$') {
    cursor.take()
    return []
  }
  if (character === '[') return readBrackets(cursor)
  if (character === '"' || character === "'") return [readQuoted(cursor, character)]
  if (character === '.') return [readField(cursor)]
  cursor.back()
  if (character === '+' || character === '-' || isDigit(character)) return [readNumber(cursor)]
  if (isWordCharacter(character)) return [readIdentifier(cursor)]
  throw unrecognized(character)
}

const readAction = (cursor: Cursor): PathNode => {
  cursor.skip(1)
  const nodes: PathNode[] = []
  while (cursor.peek !== '}') nodes.push(...readStep(cursor, nodes.at(-1)))
  cursor.skip(1)
  return { type: 'list', nodes }
}

const parseBlocks = (source: string): PathList => {
  const cursor = new Cursor(source)
  const blocks: PathNode[] = []
  while (!cursor.atEnd) {
    if (cursor.peek === '{') {
      blocks.push(readAction(cursor))
      continue
    }
    cursor.while((character) => character !== '{')
    blocks.push({ type: 'text', text: cursor.take() })
  }
  return blocks
}

/**
 * Parses a template in the JSONPath dialect of Kubernetes (kubernetes.io, "JSONPath Support"): `{.items[0].name}`, filters, unions,
 * slices, recursive descent, `{range}…{end}`; what stands outside braces is literal text. Throws {@link JsonPathError}.
 */
export const parseJsonPath = (source: string): JsonPath => ({ source, blocks: parseBlocks(source) })
