import { perlClass, posixClass, unicodeClass } from './classes.ts'
import { readEscape } from './escapes.ts'
import { type Assertion, type CharacterTest, foldCase, negate, type Pattern, range } from './pattern.ts'
import { RegexpSyntaxError } from './syntax-error.ts'

/** What a group, or the whole, has read so far. */
interface Level {
  options: Pattern[]
  parts: Pattern[]
  readonly flags: Flags
  /** What the group captures as; absent for groups that capture nothing, and for the whole. */
  readonly capture?: Capture
}

/** A group that captures: its number, from 1, and its name if it has one. */
interface Capture {
  readonly index: number
  readonly name: string | undefined
}

interface Flags {
  readonly foldCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly ungreedy: boolean
}

const maximumRepeat = 1000
const maximumDepth = 250

/** Parses a pattern as RE2 and Go's regexp do (Perl-like syntax without look-around and back-references). Throws {@link RegexpSyntaxError}. */
export const parsePattern = (source: string): Pattern => new PatternParser(source).parse()

class PatternParser {
  readonly #source: string
  #rest: string
  #flags: Flags = { foldCase: false, multiline: false, dotAll: false, ungreedy: false }
  readonly #levels: Level[] = []
  #level: Level = { options: [], parts: [], flags: this.#flags }
  /** What follows the last part, if that was a repetition: repetitions do not stack. */
  #lastRepeat = ''
  #captures = 0

  constructor(source: string) {
    this.#source = source
    this.#rest = source
  }

  parse(): Pattern {
    while (this.#rest !== '') {
      const before = this.#rest
      const isRepeat = this.#step()
      this.#lastRepeat = isRepeat ? before : ''
    }
    if (this.#levels.length > 0) throw new RegexpSyntaxError('missing closing )', this.#source)
    return this.#finish()
  }

  /** Reads one item; true if it was a repetition. */
  #step(): boolean {
    const character = this.#rest[0] ?? ''
    switch (character) {
      case '(':
        this.#open()
        return false
      case '|':
        this.#skip(1)
        this.#level.options.push(sequence(this.#level.parts))
        this.#level.parts = []
        return false
      case ')':
        this.#close()
        return false
      case '^':
        return this.#assert(this.#flags.multiline ? 'lineStart' : 'textStart', 1)
      case '$':
        return this.#assert(this.#flags.multiline ? 'lineEnd' : 'textEnd', 1)
      case '.':
        this.#skip(1)
        this.#push(this.#flags.dotAll ? () => true : (code) => code !== 10)
        return false
      case '[':
        this.#class()
        return false
      case '*':
      case '+':
      case '?':
        this.#repeat(character === '+' ? 1 : 0, character === '?' ? 1 : Number.POSITIVE_INFINITY, this.#rest.slice(1))
        return true
      case '{':
        return this.#counted()
      case '\\':
        this.#backslash()
        return false
      default:
        this.#literal(this.#rest.codePointAt(0) ?? 0, character >= '\ud800' && character <= '\udbff' ? 2 : 1)
        return false
    }
  }

  #skip(length: number): void {
    this.#rest = this.#rest.slice(length)
  }

  #push(test: CharacterTest): void {
    this.#level.parts.push({ kind: 'character', test })
  }

  #literal(code: number, length: number): void {
    this.#skip(length)
    const test: CharacterTest = (other) => other === code
    this.#push(this.#flags.foldCase ? foldCase(test) : test)
  }

  #assert(assertion: Assertion, length: number): false {
    this.#skip(length)
    this.#level.parts.push({ kind: 'assertion', assertion })
    return false
  }

  #finish(): Pattern {
    const options = [...this.#level.options, sequence(this.#level.parts)]
    const [first] = options
    return options.length === 1 && first !== undefined ? first : { kind: 'choice', options }
  }

  #open(): void {
    const outer = this.#flags
    let name: string | undefined
    let isCapturing = true
    if (this.#rest.startsWith('(?')) {
      const group = this.#perlGroup()
      if (group === undefined) return
      name = group.name
      isCapturing = name !== undefined
    } else {
      this.#skip(1)
    }
    if (this.#levels.length >= maximumDepth) throw new RegexpSyntaxError('expression nests too deeply', this.#source)
    this.#levels.push(this.#level)
    if (isCapturing) this.#captures += 1
    const capture = isCapturing ? { capture: { index: this.#captures, name } } : {}
    this.#level = { options: [], parts: [], flags: outer, ...capture }
  }

  #close(): void {
    const outer = this.#levels.pop()
    if (outer === undefined) throw new RegexpSyntaxError('unexpected )', this.#source)
    const { capture } = this.#level
    const part = this.#finish()
    const inner: Pattern = capture === undefined ? part : { kind: 'group', part, ...capture }
    this.#flags = this.#level.flags
    this.#level = outer
    this.#level.parts.push(inner)
    this.#skip(1)
  }

  /** Reads `(?P<name>`, `(?<name>`, `(?i:` or `(?i)`; undefined for the last one, which opens nothing. */
  #perlGroup(): { readonly name: string | undefined } | undefined {
    const [named, name] = /^\(\?P?<([^>]*)>/.exec(this.#rest) ?? []
    if (/^\(\?P?<./s.test(this.#rest) && (named !== undefined || !this.#rest.includes('>'))) {
      if (named === undefined) throw new RegexpSyntaxError('invalid named capture', this.#rest)
      if (!/^[A-Za-z0-9_]+$/.test(name ?? '')) throw new RegexpSyntaxError('invalid named capture', named)
      this.#skip(named.length)
      return { name }
    }
    const [whole, on = '', minus, off = '', end] = /^\(\?([imsU]*)(?:(-)([imsU]+))?([:)])/.exec(this.#rest) ?? []
    if (whole === undefined) {
      const wrong = /^\(\?[imsU]*(?:-[imsU]*)?[\s\S]?/u.exec(this.#rest)?.[0] ?? this.#rest
      throw new RegexpSyntaxError('invalid or unsupported Perl syntax', wrong)
    }
    const flag = (letter: string, current: boolean): boolean =>
      (current || on.includes(letter)) && !(minus && off.includes(letter))
    const { foldCase: fold, multiline, dotAll, ungreedy } = this.#flags
    this.#flags = {
      foldCase: flag('i', fold),
      multiline: flag('m', multiline),
      dotAll: flag('s', dotAll),
      ungreedy: flag('U', ungreedy),
    }
    this.#skip(whole.length)
    return end === ':' ? { name: undefined } : undefined
  }

  #counted(): boolean {
    const [whole, low = '', comma, high = ''] = /^\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/.exec(this.#rest) ?? []
    if (whole === undefined) {
      this.#literal(123, 1)
      return false
    }
    const min = Number(low)
    const max = comma === undefined ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high)
    if (min > maximumRepeat || (max > maximumRepeat && Number.isFinite(max)) || min > max) {
      throw new RegexpSyntaxError('invalid repeat count', whole)
    }
    this.#repeat(min, max, this.#rest.slice(whole.length), true)
    return true
  }

  #repeat(min: number, max: number, after: string, counted = false): void {
    const before = this.#rest
    const isMarked = after.startsWith('?')
    this.#rest = isMarked ? after.slice(1) : after
    const read = (from: string): string => from.slice(0, from.length - this.#rest.length)
    if (this.#lastRepeat !== '') {
      throw new RegexpSyntaxError('invalid nested repetition operator', read(this.#lastRepeat))
    }
    const part = this.#level.parts.pop()
    if (part === undefined) throw new RegexpSyntaxError('missing argument to repetition operator', read(before))
    const repeat: Pattern = { kind: 'repeat', part, min, max, isLazy: isMarked !== this.#flags.ungreedy }
    if (counted && !isRepeatValid(repeat, maximumRepeat))
      throw new RegexpSyntaxError('invalid repeat count', read(before))
    this.#level.parts.push(repeat)
  }

  #backslash(): void {
    const next = this.#rest[1] ?? ''
    const assertions: Readonly<Record<string, Assertion>> = {
      A: 'textStart',
      z: 'textEnd',
      b: 'wordBoundary',
      B: 'noWordBoundary',
    }
    const assertion = Object.hasOwn(assertions, next) ? assertions[next] : undefined
    if (assertion !== undefined) {
      this.#assert(assertion, 2)
      return
    }
    if (next === 'C') throw new RegexpSyntaxError('invalid escape sequence', '\\C')
    if (next === 'Q') {
      this.#quoted()
      return
    }
    const found = unicodeClass(this.#rest) ?? perlClass(this.#rest)
    if (found !== undefined) {
      this.#skip(found.length)
      this.#push(this.#flags.foldCase ? foldCase(found.test) : found.test)
      return
    }
    const { code, length } = readEscape(this.#rest)
    this.#literal(code, length)
  }

  /** `\Q…\E`: everything between is itself. */
  #quoted(): void {
    const end = this.#rest.indexOf('\\E')
    const text = this.#rest.slice(2, end === -1 ? undefined : end)
    this.#rest = end === -1 ? '' : this.#rest.slice(end + 2)
    for (const character of text) this.#literal(character.codePointAt(0) ?? 0, 0)
  }

  #class(): void {
    const whole = this.#rest
    this.#skip(1)
    const negated = this.#rest.startsWith('^')
    if (negated) this.#skip(1)
    const tests: CharacterTest[] = []
    // A bracket that comes first is a character.
    for (let first = true; first || !this.#rest.startsWith(']'); first = false) {
      const found = posixClass(this.#rest) ?? unicodeClass(this.#rest) ?? perlClass(this.#rest)
      if (found === undefined) {
        tests.push(this.#classRange(whole))
      } else {
        this.#skip(found.length)
        tests.push(found.test)
      }
    }
    this.#skip(1)
    const any: CharacterTest = (code) => tests.some((test) => test(code))
    const test = this.#flags.foldCase ? foldCase(any) : any
    this.#push(negated ? negate(test) : test)
  }

  #classRange(whole: string): CharacterTest {
    const start = this.#rest
    const low = this.#classCharacter(whole)
    if (!/^-[^\]]/s.test(this.#rest)) return range(low, low)
    this.#skip(1)
    const high = this.#classCharacter(whole)
    if (high >= low) return range(low, high)
    throw new RegexpSyntaxError('invalid character class range', start.slice(0, start.length - this.#rest.length))
  }

  #classCharacter(whole: string): number {
    const code = this.#rest.codePointAt(0)
    if (code === undefined) throw new RegexpSyntaxError('missing closing ]', whole)
    if (code !== 92) {
      this.#skip(code > 0xffff ? 2 : 1)
      return code
    }
    const { code: escaped, length } = readEscape(this.#rest)
    this.#skip(length)
    return escaped
  }
}

const sequence = (parts: readonly Pattern[]): Pattern => {
  const [only] = parts
  if (parts.length === 0) return { kind: 'empty' }
  return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts: [...parts] }
}

/** RE2 allows no part to be copied more than a thousand times, also by repetitions within repetitions. */
const isRepeatValid = (pattern: Pattern, allowed: number): boolean => {
  switch (pattern.kind) {
    case 'repeat': {
      // Stars and the like are no counted repetitions.
      const isCounted = pattern.min > 1 || (Number.isFinite(pattern.max) && pattern.max > 1)
      const times = Number.isFinite(pattern.max) ? pattern.max : pattern.min
      if (!isCounted || times === 0) return times === 0 || isRepeatValid(pattern.part, allowed)
      return times <= allowed && isRepeatValid(pattern.part, Math.trunc(allowed / times))
    }
    case 'sequence':
      return pattern.parts.every((part) => isRepeatValid(part, allowed))
    case 'choice':
      return pattern.options.every((option) => isRepeatValid(option, allowed))
    case 'group':
      return isRepeatValid(pattern.part, allowed)
    default:
      return true
  }
}
