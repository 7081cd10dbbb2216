import { intType, stringType } from '../../expr/go-type.ts'
import { byteIndexOf, byteLength, sliceBytes } from '../../lib/go-string.ts'
import { type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { intOf, stringOf } from './arguments.ts'

const isSpace = (character: string): boolean => /^[\s\u0085]$/u.test(character)
const isUpper = (character: string): boolean => /^\p{Lu}$/u.test(character)
const isConnector = (character: string): boolean => character === '-' || character === '_' || isSpace(character)
const upper = (character: string): string => character.toUpperCase()
const lower = (character: string): string => character.toLowerCase()

/** Changes the first letter of each word. */
const firstLetters = (text: string, change: (character: string) => string): string => {
  let isFirst = true
  return Array.from(text, (character) => {
    const changed = isFirst && !isSpace(character) ? change(character) : character
    isFirst = isSpace(character)
    return changed
  }).join('')
}

/** Go's `strings.Title`: a letter begins a word unless a letter, a digit, an underscore or an apostrophe stands before it. */
const title = (text: string): string => {
  let before = ' '
  return Array.from(text, (character) => {
    const begins = (before.codePointAt(0) ?? 0) < 128 ? !/[A-Za-z0-9_]/.test(before) : isSpace(before)
    before = character
    return begins ? upper(character) : character
  }).join('')
}

const swapCase = (text: string): string =>
  Array.from(text, (character) => {
    if (/^[\p{Lu}\p{Lt}]$/u.test(character)) return lower(character)
    return /^\p{Ll}$/u.test(character) ? upper(character) : character
  }).join('')

const initials = (text: string): string => {
  let isFirst = true
  const letters = Array.from(text).filter((character) => {
    const taken = isFirst && !isSpace(character)
    isFirst = isSpace(character)
    return taken
  })
  return letters.join('')
}

/** `some_words` and `SOME_WORDS` are `SomeWords`; connectors at the start, and all but one of several, stay. */
const pascalCase = (text: string): string => {
  const characters = Array.from(text)
  const start = characters.findIndex((character) => !isConnector(character))
  // Of connectors alone the published library writes the last one twice.
  if (start === -1) return text + (characters.at(-1) ?? '')
  const [first = '', ...rest] = characters.slice(start)
  let out = characters.slice(0, start).join('')
  let [before, isUpperWord] = [upper(first), isUpper(first)]
  for (const character of rest) {
    let next = character
    if (isConnector(character) && isConnector(before)) {
      out += before
    } else if (isConnector(before)) {
      isUpperWord = isUpper(character)
      next = upper(character)
    } else {
      if (isUpperWord && isUpper(character)) next = lower(character)
      else isUpperWord = isUpperWord && isUpper(character)
      out += before
    }
    before = next
  }
  return out + before
}

type WordKind = 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other'

interface Word {
  readonly kind: WordKind
  readonly text: string
}

const patterns: readonly (readonly [WordKind, RegExp])[] = [
  ['connector', /[-_\s\u0085]+/uy],
  ['punctuation', /\p{P}+/uy],
  // Of several capitals the last one begins the next word, if small letters follow: `HTTP` and `Status`.
  [
    'upper',
    /\p{Lu}{2,}(?=\p{Lu}[\p{Ll}\p{Lo}\p{Lt}\p{Lm}])|\p{Lu}(?=\p{Lu}[\p{Ll}\p{Lo}\p{Lt}\p{Lm}])|\p{Lu}{2,}|\p{Lu}[\p{Ll}\p{Lt}\p{Lm}\p{Lo}]*/uy,
  ],
  ['letters', /[\p{Ll}\p{Lt}\p{Lm}\p{Lo}]+/uy],
  ['number', /\p{N}+/uy],
  ['other', /[\s\S]/uy],
]

const wordsOf = (text: string): Word[] => {
  const words: Word[] = []
  for (let at = 0; at < text.length; ) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at
      const found = pattern.exec(text)?.[0]
      if (found === undefined) continue
      words.push({ kind, text: found })
      at += found.length
      break
    }
  }
  return words
}

const isApart = (word: Word | undefined): boolean =>
  word !== undefined && word.kind !== 'connector' && word.kind !== 'punctuation'

/** Words in small letters with a connector between. A number joins the word before it, unless small letters follow it. */
const connected = (text: string, connector: string): string => {
  const words = wordsOf(text)
  let out = ''
  let at = 0
  const write = (word: Word): void => {
    out += word.kind === 'connector' ? connector.repeat(Array.from(word.text).length) : word.text.toLowerCase()
  }
  const writeNumber = (): void => {
    for (; words[at]?.kind === 'letters' || words[at]?.kind === 'number'; at += 1)
      write(words[at] ?? { kind: 'other', text: '' })
    if (isApart(words[at])) out += connector
  }
  while (at < words.length) {
    const word = words[at] ?? { kind: 'other', text: '' }
    at += 1
    write(word)
    const next = words[at]
    if (next === undefined || word.kind === 'connector' || word.kind === 'punctuation') continue
    if (word.kind === 'number') writeNumber()
    else if (next.kind !== 'number') out += isApart(next) ? connector : ''
    else if (at + 1 < words.length && words[at + 1]?.kind === 'letters') {
      out += connector
      writeNumber()
    } else if (at + 1 < words.length) {
      write(next)
      at += 1
      if (isApart(words[at])) out += connector
    }
  }
  return out
}

const wrapText = (text: string, columns: number, lineEnd: string, breaksWords: boolean): string => {
  const width = Math.max(columns, 1)
  const length = byteLength(text)
  const end = lineEnd === '' ? '\n' : lineEnd
  let out = ''
  let at = 0
  while (length - at > width) {
    const ahead = sliceBytes(text, at, length)
    if (ahead.startsWith(' ')) {
      at += 1
      continue
    }
    const space = byteIndexOf(sliceBytes(text, at, at + width + 1), ' ', true)
    const later = space >= 0 || breaksWords ? -1 : byteIndexOf(sliceBytes(text, at + width, length), ' ')
    if (space < 0 && !breaksWords && later === -1) return out + ahead
    const to = space >= 0 ? at + space : breaksWords ? at + width : at + width + later
    out += sliceBytes(text, at, to) + end
    at = space < 0 && breaksWords ? to : to + 1
  }
  return out + sliceBytes(text, at, length)
}

const onText = (change: (text: string) => string): TemplateFunction =>
  fixed([stringType], ([text]) => change(stringOf(text)))

/** Sprig's functions of words: their case, what connects them, and where lines end. */
export const wordFunctions: FunctionTable = [
  ['title', onText(title)],
  ['untitle', onText((text) => firstLetters(text, lower))],
  ['swapcase', onText(swapCase)],
  ['initials', onText(initials)],
  ['camelcase', onText(pascalCase)],
  ['snakecase', onText((text) => connected(text, '_'))],
  ['kebabcase', onText((text) => connected(text, '-'))],
  ['wrap', fixed([intType, stringType], ([width, text]) => wrapText(stringOf(text), intOf(width), '', false))],
  [
    'wrapWith',
    fixed([intType, stringType, stringType], ([width, end, text]) =>
      wrapText(stringOf(text), intOf(width), stringOf(end), true),
    ),
  ],
]
