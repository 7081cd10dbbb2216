import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type GoTime, loadZone, UnknownTimeZoneError } from '../../../src/lib/go-time.ts'
import { formatTime, parseTime } from '../../../src/lib/go-time-layout.ts'

const iso = (time: GoTime): string => new Date(Number(time.nanoseconds / 1_000_000n)).toISOString()

describe('layouts read', () => {
  for (const [layout, text, expected] of [
    ['2006-01-02', '2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2006-01-02T15:04:05Z07:00', '2024-01-02T03:04:05.678+02:00', '2024-01-02T01:04:05.678Z'],
    ['Jan _2 2006 3:04PM', 'Feb  9 2024 12:30AM', '2024-02-09T00:30:00.000Z'],
    ['Monday, 02-Jan-06 15:04:05 MST', 'Tuesday, 02-Jan-24 03:04:05 UTC', '2024-01-02T03:04:05.000Z'],
    ['2006-002', '2024-060', '2024-02-29T00:00:00.000Z'],
  ] as const) {
    test(`${text} as ${layout}`, () => assert.equal(iso(parseTime(layout, text)), expected))
  }
})

describe('layouts refuse', () => {
  for (const [layout, text, message] of [
    ['2006-01-02', '2024-02-30', 'parsing time "2024-02-30": day out of range'],
    ['2006-01-02', '2024-13-01', 'parsing time "2024-13-01": month out of range'],
    ['2006-01-02', '2024-01-01x', 'parsing time "2024-01-01x": extra text: "x"'],
    ['2006-01-02', '24-01-01', 'parsing time "24-01-01" as "2006-01-02": cannot parse "24-01-01" as "2006"'],
    ['15:04', '24:00', 'parsing time "24:00": hour out of range'],
  ] as const) {
    test(`${text} as ${layout}`, () => assert.throws(() => parseTime(layout, text), { message }))
  }
})

test('layouts write', () => {
  const time = parseTime('2006-01-02T15:04:05Z07:00', '2024-01-02T13:04:05.060+05:30')
  const layout = 'Mon Monday Jan January _2 02 2 06 15 03 3 04 05.000 .999 PM pm 002 -07:00 Z0700 MST'
  assert.equal(
    formatTime(time, layout),
    'Tue Tuesday Jan January  2 02 2 24 13 01 1 04 05.060 .06 PM pm 002 +05:30 +0530 +0530',
  )
})

describe('zones', () => {
  test('a time without an offset is one of the zone, in summer and in winter', () => {
    const berlin = loadZone('Europe/Berlin')
    assert.equal(iso(parseTime('2006-01-02 15:04', '2024-07-01 12:00', berlin)), '2024-07-01T10:00:00.000Z')
    assert.equal(iso(parseTime('2006-01-02 15:04', '2024-01-01 12:00', berlin)), '2024-01-01T11:00:00.000Z')
  })

  test('an unknown name is an error', () => {
    assert.throws(() => loadZone('Nope/X'), new UnknownTimeZoneError('unknown time zone Nope/X'))
  })
})
