import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatFixed } from '../../../src/providers/value-text.ts'

describe('a number with so many digits behind the point, as Go prints it', () => {
  const texts: readonly (readonly [value: number, digits: number, text: string])[] = [
    [0.956, 2, '0.96'],
    [1.005, 2, '1.00'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [-0.125, 2, '-0.12'],
    [0.0000005, 6, '0.000000'],
    [0.0000015, 6, '0.000002'],
    [90, 6, '90.000000'],
    [123456789.9876543, 6, '123456789.987654'],
    [0, 2, '0.00'],
    [-0, 2, '-0.00'],
    [-0.001, 2, '-0.00'],
    [1e21, 2, '1000000000000000000000.00'],
    [-(2 ** 53), 1, '-9007199254740992.0'],
    [Number.NaN, 2, 'NaN'],
    [Number.POSITIVE_INFINITY, 2, '+Inf'],
    [Number.NEGATIVE_INFINITY, 2, '-Inf'],
  ]
  for (const [value, digits, text] of texts) {
    it(`prints ${Object.is(value, -0) ? '-0' : value} with ${digits} as ${text}`, () =>
      assert.equal(formatFixed(value, digits), text))
  }
})
