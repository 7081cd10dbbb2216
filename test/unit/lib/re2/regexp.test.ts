import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LinearRegexp } from '../../../../src/lib/re2/regexp.ts'

describe('patterns match as RE2 matches', () => {
  for (const [pattern, matching, other] of [
    ['b', 'abc', 'acd'],
    ['^b', 'bc', 'abc'],
    ['b$', 'ab', 'ab\n'],
    ['(?m)^b$', 'a\nb\nc', 'ab'],
    ['a.c', 'abc', 'a\nc'],
    ['(?s)a.c', 'a\nc', 'ac'],
    ['(?i)straße', 'STRAßE', 'strasse'],
    ['(?i:A)b', 'ab', 'aB'],
    ['^(a|bc)+$', 'abca', 'abb'],
    ['^a{2,3}$', 'aaa', 'aaaa'],
    ['^a{2,}$', 'aaaaa', 'a'],
    ['a{,2}', 'a{,2}', 'aa'],
    ['\\bfoo\\b', 'a foo', 'food'],
    ['^\\B', '', 'a'],
    ['[^\\d\\s]', 'a', '1 '],
    ['^[]a-c-]+$', ']b-', 'd'],
    ['^[[:alpha:]_]+$', 'a_B', '1'],
    ['^\\p{Greek}+$', 'αβ', 'ab'],
    ['^\\PL$', '1', 'a'],
    ['\\Qa.b\\E', 'a.b', 'axb'],
    ['^\\x{1F600}$', '\u{1F600}', '\u{1F601}'],
    ['^(a*)*$', 'aaa', 'aab'],
    ['', 'anything', undefined],
  ] as const) {
    test(pattern, () => {
      const compiled = new LinearRegexp(pattern)
      assert.equal(compiled.matches(matching), true)
      if (other !== undefined) assert.equal(compiled.matches(other), false)
    })
  }
})

describe('patterns that RE2 does not have', () => {
  for (const [pattern, message] of [
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?<!a)', 'invalid named capture: `(?<!a)`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['\\pX', 'invalid character class range: `\\pX`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(a{100}){11}', 'invalid repeat count: `{11}`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    ['(?P<n', 'invalid named capture: `(?P<n`'],
  ]) {
    test(pattern ?? '', () => {
      assert.throws(() => new LinearRegexp(pattern ?? ''), { message: `error parsing regexp: ${message}` })
    })
  }
})

test('the time of a match does not explode with nested repetitions', () => {
  assert.equal(new LinearRegexp('^((a+)+)+$').matches(`${'a'.repeat(20_000)}b`), false)
})
