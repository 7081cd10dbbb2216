import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DurationError, durationMs, formatDuration, parseDuration } from '../../../src/lib/duration.ts'
import { pauseDurationSeconds } from '../../../src/lib/pause-duration.ts'

describe('a Go duration', () => {
  const readable: readonly (readonly [string, bigint, string])[] = [
    ['0', 0n, '0s'],
    ['-0s', 0n, '0s'],
    ['5.s', 5_000_000_000n, '5s'],
    ['.5m', 30_000_000_000n, '30s'],
    ['1h30m', 5_400_000_000_000n, '1h30m0s'],
    ['30m1h', 5_400_000_000_000n, '1h30m0s'],
    ['-1.5h', -5_400_000_000_000n, '-1h30m0s'],
    ['90m0.25s', 5_400_250_000_000n, '1h30m0.25s'],
    ['1500us', 1_500_000n, '1.5ms'],
    ['1\u03bcs', 1_000n, '1\u00b5s'],
    ['1.5\u00b5s', 1_500n, '1.5\u00b5s'],
    ['0.0000000001s', 0n, '0s'],
    ['0.1234567890123456789s', 123_456_789n, '123.456789ms'],
    ['-2562047h47m16.854775808s', -(2n ** 63n), '-2562047h47m16.854775808s'],
  ]
  for (const [text, nanoseconds, printed] of readable) {
    it(`${text} is ${nanoseconds} ns and is printed as ${printed}`, () => {
      assert.equal(parseDuration(text), nanoseconds)
      assert.equal(formatDuration(nanoseconds), printed)
    })
  }

  const refused: readonly (readonly [string, string])[] = [
    ['', 'time: invalid duration ""'],
    ['90', 'time: missing unit in duration "90"'],
    ['1h30', 'time: missing unit in duration "1h30"'],
    ['5 m', 'time: unknown unit " m" in duration "5 m"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1d"\\', 'time: unknown unit "d\\"\\\\" in duration "1d\\"\\\\"'],
    ['1\n', 'time: unknown unit "\\x0a" in duration "1\\x0a"'],
    ['\uff15s', 'time: invalid duration "\\xef\\xbc\\x95s"'],
    ['.s', 'time: invalid duration ".s"'],
    ['--5s', 'time: invalid duration "--5s"'],
    ['{{args.x}}', 'time: invalid duration "{{args.x}}"'],
    ['2562047h47m16.854775808s', 'time: invalid duration "2562047h47m16.854775808s"'],
    ['99999999999999999999h', 'time: invalid duration "99999999999999999999h"'],
  ]
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text)} with Go's message`, () => {
      assert.throws(() => parseDuration(text), new DurationError(message))
    })
  }

  it('keeps fractions of a millisecond', () => assert.equal(durationMs('1500us'), 1.5))
})

describe('the duration of a pause, in seconds', () => {
  const rows: readonly (readonly [number | string | undefined, number])[] = [
    [undefined, 0],
    [30, 30],
    [-5, -5],
    ['10', 10],
    ['+10', 10],
    ['1h30m', 5400],
    ['1999ms', 1],
    ['-500ms', 0],
    ['', -1],
    ['1d', -1],
    ['1.5', -1],
    ['2147483647', 2147483647],
    ['2147483648', -1],
    ['2147483648s', -2147483648],
  ]
  for (const [duration, seconds] of rows) {
    it(`${JSON.stringify(duration)} is ${seconds}`, () => assert.equal(pauseDurationSeconds(duration), seconds))
  }
})
