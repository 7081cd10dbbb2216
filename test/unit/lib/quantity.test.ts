import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseQuantity, QuantityError, sameQuantity } from '../../../src/lib/quantity.ts'

const canonical = (text: string): string => parseQuantity(text).canonical

test('a quantity is spelled with the largest suffix that loses nothing', () => {
  const cases: [given: string, spelled: string][] = [
    ['1000m', '1'],
    ['0.25', '250m'],
    ['3000', '3k'],
    ['2048Ki', '2Mi'],
    ['2.5Gi', '2560Mi'],
    ['0.5Ki', '512'],
    ['1000000u', '1'],
    ['-1500m', '-1500m'],
    ['000', '0'],
    ['0Gi', '0'],
  ]
  for (const [given, spelled] of cases) assert.equal(canonical(given), spelled, given)
})

test('numbers that look canonical keep their spelling, as the API machinery keeps it', () => {
  for (const text of ['+1', '1e3', '129e6', '100m', '12Ki']) assert.equal(canonical(text), text)
})

test('a plain number of bytes is not rewritten with a binary suffix', () => {
  assert.equal(canonical('1073741824'), '1073741824')
})

test('what is finer than a billionth is rounded away from zero', () => {
  assert.equal(parseQuantity('0.0000000001').nanos, 1n)
  assert.equal(parseQuantity('-0.0000000001').nanos, -1n)
})

test('a binary quantity is capped at the largest 64-bit integer', () => {
  assert.equal(parseQuantity('100Ei').nanos, (2n ** 63n - 1n) * 1_000_000_000n)
})

test('text that is no quantity is refused with an example of one', () => {
  for (const text of ['', 'abc', '1 Gi', '--1', '1Q', '.', 'Gi', '1e', '0x10']) {
    assert.throws(() => parseQuantity(text), QuantityError, text)
  }
})

test('two spellings of one amount are the same', () => {
  assert.ok(sameQuantity('1', '1000m'))
  assert.ok(sameQuantity('1Gi', '1024Mi'))
  assert.ok(!sameQuantity('1G', '1Gi'))
  assert.ok(sameQuantity('odd', 'odd'))
  assert.ok(!sameQuantity('odd', 'even'))
})

test('spelling an amount anew changes neither the amount nor, a second time, the spelling', () => {
  const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3')
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
      const first = parseQuantity(`${number}${unit}`)
      const second = parseQuantity(first.canonical)
      assert.equal(second.nanos, first.nanos)
      assert.equal(second.canonical, first.canonical)
    }),
  )
})
