import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isOneEditAway } from '../../../src/lib/one-edit.ts'

describe('one slip of the keyboard', () => {
  for (const [written, meant] of [
    ['raet', 'rate'],
    ['rte', 'rate'],
    ['ratte', 'rate'],
    ['rute', 'rate'],
    ['rat', 'rate'],
    ['arate', 'rate'],
    ['a', ''],
  ] as const) {
    it(`makes ${written} of ${meant || 'nothing'}`, () => {
      assert.equal(isOneEditAway(written, meant), true)
      assert.equal(isOneEditAway(meant, written), true)
    })
  }

  for (const [a, b] of [
    ['rate', 'rate'],
    ['tare', 'rate'],
    ['irates', 'rate'],
    ['median', 'min'],
    ['abcd', 'badc'],
  ] as const) {
    it(`does not make ${a} of ${b}`, () => assert.equal(isOneEditAway(a, b), false))
  }
})
