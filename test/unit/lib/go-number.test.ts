import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatFloat, formatJsonFloat, parseFloat64, parseInt64, shortestFloat32 } from '../../../src/lib/go-number.ts'

describe('floats print as Go prints them', () => {
  for (const [value, printed, json] of [
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [0.1, '0.1', '0.1'],
    [123456, '123456', '123456'],
    [1e6, '1e+06', '1000000'],
    [1_700_000_000, '1.7e+09', '1700000000'],
    [0.0001, '0.0001', '0.0001'],
    [0.00001, '1e-05', '0.00001'],
    [1e-7, '1e-07', '1e-7'],
    [1e21, '1e+21', '1e+21'],
    [-1.5e300, '-1.5e+300', '-1.5e+300'],
  ] as const) {
    test(printed, () => {
      assert.equal(formatFloat(value), printed)
      assert.equal(formatJsonFloat(value), json)
    })
  }

  test('NaN and the infinities have names', () => {
    assert.deepEqual([Number.NaN, Infinity, -Infinity].map(formatFloat), ['NaN', '+Inf', '-Inf'])
  })

  test('a float32 has no more digits than it needs', () => {
    assert.equal(shortestFloat32(Math.fround(0.1)), 0.1)
    assert.equal(shortestFloat32(16_777_216), 16_777_216)
  })
})

describe('numbers are read as Go reads them', () => {
  test('integers', () => {
    assert.equal(parseInt64('-9223372036854775808'), -(2n ** 63n))
    assert.equal(parseInt64('0x1f', 0), 31n)
    for (const text of ['', ' 1', '1.0', '0x1', '1_0']) {
      assert.throws(() => parseInt64(text), { message: `strconv.ParseInt: parsing "${text}": invalid syntax` })
    }
    assert.throws(() => parseInt64('9223372036854775808'), /value out of range$/)
  })

  test('floats', () => {
    assert.deepEqual(['1e3', '.5', '5.', '1_000.5', '0x1p-2', 'Inf', '-infinity'].map(parseFloat64), [
      1000,
      0.5,
      5,
      1000.5,
      0.25,
      Infinity,
      -Infinity,
    ])
    assert.ok(Number.isNaN(parseFloat64('nan')))
    for (const text of ['', '_1', '1__0', '+nan', '0x10', '1e']) {
      assert.throws(() => parseFloat64(text), { message: `strconv.ParseFloat: parsing "${text}": invalid syntax` })
    }
    assert.throws(() => parseFloat64('1e400'), /value out of range$/)
  })
})
