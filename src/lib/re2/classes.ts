import { type CharacterTest, javascriptClass, negate } from './pattern.ts'
import { RegexpSyntaxError } from './syntax-error.ts'

const perl: Readonly<Record<string, string>> = { d: '[0-9]', s: '[\\t\\n\\f\\r ]', w: '[0-9A-Za-z_]' }

const posix: Readonly<Record<string, string>> = {
  alnum: '[0-9A-Za-z]',
  alpha: '[A-Za-z]',
  ascii: '[\\x00-\\x7f]',
  blank: '[\\t ]',
  cntrl: '[\\x00-\\x1f\\x7f]',
  digit: '[0-9]',
  graph: '[!-~]',
  lower: '[a-z]',
  print: '[ -~]',
  punct: '[!-\\/:-@\\[-`\\{-~]',
  space: '[\\t-\\r ]',
  upper: '[A-Z]',
  word: '[0-9A-Za-z_]',
  xdigit: '[0-9A-Fa-f]',
}

/** `\d`, `\S` and their like at the start of `rest`; ASCII only, as in RE2. */
export const perlClass = (rest: string): { test: CharacterTest; length: number } | undefined => {
  const [, letter = ''] = /^\\([dswDSW])/.exec(rest) ?? []
  const source = perl[letter.toLowerCase()]
  if (source === undefined) return undefined
  const test = javascriptClass(source)
  return { test: letter === letter.toLowerCase() ? test : negate(test), length: 2 }
}

/** `[:alpha:]` or `[:^alpha:]` at the start of `rest`. Throws for names that there are not. */
export const posixClass = (rest: string): { test: CharacterTest; length: number } | undefined => {
  const [whole, negation, name = ''] = /^\[:(\^?)(.*?):\]/s.exec(rest) ?? []
  if (whole === undefined) return undefined
  const source = Object.hasOwn(posix, name) ? posix[name] : undefined
  if (source === undefined) throw new RegexpSyntaxError('invalid character class range', whole)
  const test = javascriptClass(source)
  return { test: negation === '' ? test : negate(test), length: whole.length }
}

const unicodeTest = (name: string): CharacterTest | undefined => {
  if (name === 'Any') return () => true
  // Go knows general categories and scripts by these names, and nothing else of what JavaScript knows.
  const sources = [
    /^[A-Z][a-z]?$/.test(name) ? `\\p{gc=${name}}` : '',
    /^[A-Z][a-z_A-Z]+$/.test(name) ? `\\p{sc=${name}}` : '',
  ]
  for (const source of sources) {
    if (source === '') continue
    try {
      return javascriptClass(source)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  return undefined
}

/** `\pL`, `\p{Greek}`, `\P{^Greek}` at the start of `rest`. Throws for names that there are not. */
export const unicodeClass = (rest: string): { test: CharacterTest; length: number } | undefined => {
  if (!/^\\[pP]./su.test(rest)) return undefined
  const braced = rest[2] === '{'
  const end = rest.indexOf('}')
  if (braced && end === -1) throw new RegexpSyntaxError('invalid character class range', rest)
  const whole = braced ? rest.slice(0, end + 1) : Array.from(rest).slice(0, 3).join('')
  const name = braced ? rest.slice(3, end) : whole.slice(2)
  const inner = name.startsWith('^')
  const test = unicodeTest(inner ? name.slice(1) : name)
  if (test === undefined) throw new RegexpSyntaxError('invalid character class range', whole)
  return { test: inner === (rest[1] === 'P') ? test : negate(test), length: whole.length }
}
