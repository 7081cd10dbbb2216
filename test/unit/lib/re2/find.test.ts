import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LinearRegexp } from '../../../../src/lib/re2/regexp.ts'

const codesOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0)

/** The texts of the first match and its groups; undefined for groups that took no part. */
const found = (source: string, text: string, from = 0): (string | undefined)[] | undefined =>
  new LinearRegexp(source).find(codesOf(text), from)?.map((place) =>
    place === undefined
      ? undefined
      : Array.from(text)
          .slice(...place)
          .join(''),
  )

describe('finding a pattern', () => {
  it('gives the leftmost match, and of several there the one that Perl prefers', () => {
    assert.deepEqual(found('b+|a', 'xxabbb'), ['a'])
    assert.deepEqual(found('a|ab', 'ab'), ['a'])
    assert.deepEqual(found('a+', 'aaa'), ['aaa'])
    assert.deepEqual(found('a+?', 'aaa'), ['a'])
    assert.deepEqual(found('(?U)a+', 'aaa'), ['a'])
    assert.deepEqual(found('a{2,3}?', 'aaaa'), ['aa'])
    assert.equal(found('b', 'aaa'), undefined)
  })

  it('gives what groups matched last', () => {
    assert.deepEqual(found('(a)(b)?(?:c)', 'ac'), ['ac', 'a', undefined])
    assert.deepEqual(found('(?:(a|b))+', 'ab'), ['ab', 'b'])
    assert.deepEqual(new LinearRegexp('(?P<year>[0-9]+)-([0-9]+)').groupNames, [undefined, 'year', undefined])
  })

  it('begins at a place, and sees what stands before it', () => {
    assert.deepEqual(found('a', 'aba', 1), ['a'])
    assert.equal(found('^a', 'aa', 1), undefined)
    assert.deepEqual(found('', 'é✓', 2), [''])
  })

  it('takes time that grows with the text only', () => {
    assert.equal(found('(x+x+)+y', 'x'.repeat(3000)), undefined)
  })
})
