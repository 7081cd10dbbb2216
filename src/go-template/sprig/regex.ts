import { intType, stringSliceType, stringType } from '../../expr/go-type.ts'
import { List } from '../../expr/value.ts'
import type { RegexpMatch } from '../../lib/re2/find.ts'
import { compileRegexp, type LinearRegexp } from '../../lib/re2/regexp.ts'
import { RegexpSyntaxError } from '../../lib/re2/syntax-error.ts'
import { FunctionError } from '../template-error.ts'
import { type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { intOf, stringOf } from './arguments.ts'

/** A text as the code points that patterns match. */
interface Subject {
  readonly characters: readonly string[]
  readonly codes: readonly number[]
}

const subjectOf = (text: string): Subject => {
  const characters = Array.from(text)
  return { characters, codes: characters.map((character) => character.codePointAt(0) ?? 0) }
}

const between = ({ characters }: Subject, start: number, end?: number): string => characters.slice(start, end).join('')

/** Matches one after the other, none of them empty right behind another (Go, regexp, `FindAll`). */
const allMatches = (pattern: LinearRegexp, subject: Subject, limit: number): RegexpMatch[] => {
  const matches: RegexpMatch[] = []
  let before = -1
  for (let at = 0; at <= subject.codes.length && (limit < 0 || matches.length < limit); ) {
    const match = pattern.find(subject.codes, at)
    const [start, end] = match?.[0] ?? []
    if (match === undefined || start === undefined || end === undefined) break
    if (end !== at || start !== before) matches.push(match)
    at = end === at ? at + 1 : end
    before = end
  }
  return matches
}

const wholeText = (subject: Subject, match: RegexpMatch): string => {
  const [start, end] = match[0] ?? [0, 0]
  return between(subject, start, end)
}

/** `$1`, `${1}`, `$name` and `$$` in a replacement; names reach as far as letters, digits and underscores do. */
const expand = (replacement: string, pattern: LinearRegexp, subject: Subject, match: RegexpMatch): string =>
  replacement.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare
    if (name === undefined) return whole === '$$' ? '$' : whole
    const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : pattern.groupNames.indexOf(name)
    const group = match[index]
    return group === undefined ? '' : between(subject, group[0], group[1])
  })

/** Go's `ReplaceAllString`. */
const replaceAll = (
  pattern: LinearRegexp,
  text: string,
  replace: (subject: Subject, match: RegexpMatch) => string,
): string => {
  const subject = subjectOf(text)
  let [out, copied] = ['', 0]
  for (let at = 0; at <= subject.codes.length; ) {
    const match = pattern.find(subject.codes, at)
    const [start, end] = match?.[0] ?? []
    if (match === undefined || start === undefined || end === undefined) break
    out += between(subject, copied, start)
    if (end > copied || start === 0) out += replace(subject, match)
    copied = end
    at = at + 1 > end ? at + 1 : end
  }
  return out + between(subject, copied)
}

const split = (pattern: LinearRegexp, source: string, text: string, limit: number): string[] => {
  if (limit === 0) return []
  if (source !== '' && text === '') return ['']
  const subject = subjectOf(text)
  const parts: string[] = []
  let [begin, end] = [0, 0]
  for (const match of allMatches(pattern, subject, limit)) {
    if (limit > 0 && parts.length === limit - 1) break
    const [start, stop] = match[0] ?? [0, 0]
    end = start
    if (stop !== 0) parts.push(between(subject, begin, start))
    begin = stop
  }
  if (end !== subject.codes.length) parts.push(between(subject, begin))
  return parts
}

const compile = (source: string, isStrict: boolean): LinearRegexp => {
  try {
    return compileRegexp(source)
  } catch (error) {
    if (!(error instanceof RegexpSyntaxError)) throw error
    const message = isStrict ? error.message : `regexp: Compile(\`${source}\`): ${error.message}`
    throw new FunctionError(message, { cause: error })
  }
}

const matches = (source: string, text: string, isStrict: boolean): boolean => {
  try {
    return compileRegexp(source).matches(text)
  } catch (error) {
    if (!(error instanceof RegexpSyntaxError)) throw error
    if (isStrict) throw new FunctionError(error.message, { cause: error })
    return false
  }
}

const findAll = (pattern: LinearRegexp, text: string, limit: number): List => {
  const subject = subjectOf(text)
  const found = allMatches(pattern, subject, limit).map((match) => wholeText(subject, match))
  return new List(stringSliceType, found, found.length === 0)
}

const find = (pattern: LinearRegexp, text: string): string => {
  const subject = subjectOf(text)
  const match = pattern.find(subject.codes)
  return match === undefined ? '' : wholeText(subject, match)
}

type Named = readonly [name: string, make: (isStrict: boolean) => TemplateFunction]

const functions: readonly Named[] = [
  [
    'regexMatch',
    (isStrict) =>
      fixed([stringType, stringType], ([source, text]) => matches(stringOf(source), stringOf(text), isStrict)),
  ],
  [
    'regexFind',
    (isStrict) =>
      fixed([stringType, stringType], ([source, text]) => find(compile(stringOf(source), isStrict), stringOf(text))),
  ],
  [
    'regexFindAll',
    (isStrict) =>
      fixed([stringType, stringType, intType], ([source, text, limit]) =>
        findAll(compile(stringOf(source), isStrict), stringOf(text), intOf(limit)),
      ),
  ],
  [
    'regexReplaceAll',
    (isStrict) =>
      fixed([stringType, stringType, stringType], ([source, text, replacement]) => {
        const pattern = compile(stringOf(source), isStrict)
        return replaceAll(pattern, stringOf(text), (subject, match) =>
          expand(stringOf(replacement), pattern, subject, match),
        )
      }),
  ],
  [
    'regexReplaceAllLiteral',
    (isStrict) =>
      fixed([stringType, stringType, stringType], ([source, text, replacement]) =>
        replaceAll(compile(stringOf(source), isStrict), stringOf(text), () => stringOf(replacement)),
      ),
  ],
  [
    'regexSplit',
    (isStrict) =>
      fixed([stringType, stringType, intType], ([source, text, limit]) => {
        const parts = split(compile(stringOf(source), isStrict), stringOf(source), stringOf(text), intOf(limit))
        return new List(stringSliceType, parts, limit === 0n)
      }),
  ],
]

/** Sprig's functions of regular expressions, in RE2's syntax and linear time. Both names of a function stop the template for a bad pattern. */
export const regexFunctions: FunctionTable = [
  ...functions.map(([name, make]) => [name, make(false)] as const),
  ...functions.map(([name, make]) => [`mustR${name.slice(1)}`, make(true)] as const),
  [
    'regexQuoteMeta',
    fixed([stringType], ([text]) => stringOf(text).replace(/[\\.+*?()|[\]{}^$]/g, (character) => `\\${character}`)),
  ],
]
