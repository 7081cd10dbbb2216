import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSelector, SelectorSyntaxError } from '../../../src/api/kubernetes/parse-selector.ts'
import { matchesSelector } from '../../../src/api/kubernetes/selector.ts'

const labels = { app: 'web', tier: 'front' }

describe('a label selector as text', () => {
  for (const [text, matches] of [
    ['', true],
    ['app=web', true],
    ['app == web, tier=front', true],
    ['app!=web', false],
    ['team!=shop', true],
    ['tier in (back, front)', true],
    ['tier notin (back,front),app=web', false],
    ['app', true],
    ['!app', false],
    ['!team', true],
  ] as const) {
    it(`"${text}" ${matches ? 'matches' : 'does not match'}`, () => {
      assert.equal(matchesSelector(parseSelector(text), labels), matches)
    })
  }

  it('that is none is refused with what was expected', () => {
    assert.throws(() => parseSelector('app web'), SelectorSyntaxError)
    assert.throws(
      () => parseSelector('app=web,tier in front'),
      /"tier in front" is no requirement; expected for example/,
    )
  })
})
