import { clampDuration } from '../../expr/arithmetic.ts'
import { anyType, stringType } from '../../expr/go-type.ts'
import { timeType } from '../../expr/time-types.ts'
import { Instant, Scalar } from '../../expr/value.ts'
import { DurationError, formatDuration, parseDuration } from '../../lib/duration.ts'
import { NumberSyntaxError, parseInt64 } from '../../lib/go-number.ts'
import { type GoTime, loadZone, type TimeZone, UnknownTimeZoneError, unixSeconds, utc } from '../../lib/go-time.ts'
import { formatTime, parseTime, TimeSyntaxError } from '../../lib/go-time-layout.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type RunSources, type TemplateFunction } from '../template-function.ts'
import { stringOf } from './arguments.ts'

const second = 1_000_000_000n

/** Go's zero time, 1 January of the year 1. */
const zeroTime: GoTime = { nanoseconds: -62_135_596_800n * second, zone: utc }

/** Runs what Go would ignore the error of; `otherwise` is what it goes on with, or throws. */
const leniently = <T>(compute: () => T, otherwise: (message: string) => T): T => {
  try {
    return compute()
  } catch (error) {
    if (
      error instanceof DurationError ||
      error instanceof NumberSyntaxError ||
      error instanceof TimeSyntaxError ||
      error instanceof UnknownTimeZoneError
    )
      return otherwise(error.message)
    throw error
  }
}

const refuse = (message: string): never => {
  throw new FunctionError(message)
}

/** Seconds since the epoch, as integers of the given types are taken. */
const secondsOf = (cell: Cell, types: readonly string[]): bigint | undefined => {
  if (typeof cell === 'bigint') return cell
  return cell instanceof Scalar && typeof cell.value === 'bigint' && types.includes(cell.type.name)
    ? cell.value
    : undefined
}

const zoneOf = (name: string): TimeZone =>
  leniently(
    () => loadZone(name),
    () => utc,
  )

const moved = (time: GoTime, by: bigint): Instant => new Instant({ ...time, nanoseconds: time.nanoseconds + by })

const timeOf = (cell: Cell): GoTime => (cell instanceof Instant ? cell.time : zeroTime)

/** The nearest second, halves away from zero. */
const toSeconds = (nanoseconds: bigint): bigint => {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const rounded = ((size + second / 2n) / second) * second
  return nanoseconds < 0n ? -rounded : rounded
}

const units: readonly (readonly [name: string, seconds: bigint])[] = [
  ['y', 31_536_000n],
  ['mo', 2_592_000n],
  ['d', 86_400n],
  ['h', 3600n],
  ['m', 60n],
  ['s', 1n],
]

/** The largest unit that a time is longer than, and how often. */
const largestUnit = (nanoseconds: bigint): string => {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const unit = units.find(([, seconds]) => size > seconds * second)
  return unit === undefined ? '0s' : `${size / (unit[1] * second)}${unit[0]}`
}

const durationSeconds = (cell: Cell): bigint => {
  if (typeof cell === 'string')
    return leniently(
      () => parseInt64(cell),
      () => 0n,
    )
  return cell instanceof Scalar && cell.type.name === 'int64' && typeof cell.value === 'bigint' ? cell.value : 0n
}

const modify = ([text, time]: readonly Cell[], isStrict: boolean): Cell =>
  leniently(
    () => moved(timeOf(time), parseDuration(stringOf(text))),
    (message) => (isStrict ? refuse(message) : new Instant(timeOf(time))),
  )

const read = ([layout, text]: readonly Cell[], isStrict: boolean): Cell =>
  leniently(
    () => new Instant(parseTime(stringOf(layout), stringOf(text), zoneOf('Local'))),
    (message) => (isStrict ? refuse(message) : new Instant(zeroTime)),
  )

const nowOf = (sources: RunSources): GoTime => ({
  nanoseconds: BigInt(Math.floor(sources.now())) * 1_000_000n,
  zone: zoneOf('Local'),
})

/** A time, or seconds since the epoch; everything else is now. */
const anyTime = (cell: Cell, types: readonly string[], sources: RunSources): GoTime => {
  if (cell instanceof Instant) return cell.time
  const seconds = secondsOf(cell, types)
  return seconds === undefined ? nowOf(sources) : { nanoseconds: seconds * second, zone: utc }
}

const format = (layout: string, cell: Cell, zone: string, sources: RunSources): string =>
  formatTime({ ...anyTime(cell, ['int64', 'int32'], sources), zone: zoneOf(zone) }, layout)

const since = (time: GoTime, sources: RunSources): bigint =>
  clampDuration(nowOf(sources).nanoseconds - time.nanoseconds)

/** A duration as a text or in nanoseconds, or how long ago a time was. */
const anyDuration = (cell: Cell, sources: RunSources): bigint => {
  if (cell instanceof Instant) return since(cell.time, sources)
  if (typeof cell === 'string')
    return leniently(
      () => parseDuration(cell),
      () => 0n,
    )
  return cell instanceof Scalar && cell.type.name === 'int64' && typeof cell.value === 'bigint' ? cell.value : 0n
}

const inZone = fixed([stringType, anyType, stringType], ([layout, time, zone], sources) =>
  format(stringOf(layout), time, stringOf(zone), sources),
)

const modifier = (isStrict: boolean): TemplateFunction =>
  fixed([stringType, timeType], (args) => modify(args, isStrict))

const htmlLayout = '2006-01-02'

/** Sprig's functions of dates. Local time is UTC, as in the published image. */
export const dateFunctions: FunctionTable = [
  ['now', fixed([], (_, sources) => new Instant(nowOf(sources)))],
  ['date', fixed([stringType, anyType], ([layout, time], sources) => format(stringOf(layout), time, 'Local', sources))],
  ['dateInZone', inZone],
  ['date_in_zone', inZone],
  ['htmlDate', fixed([anyType], ([time], sources) => format(htmlLayout, time, 'Local', sources))],
  [
    'htmlDateInZone',
    fixed([anyType, stringType], ([time, zone], sources) => format(htmlLayout, time, stringOf(zone), sources)),
  ],
  ['dateModify', modifier(false)],
  ['date_modify', modifier(false)],
  ['mustDateModify', modifier(true)],
  ['must_date_modify', modifier(true)],
  [
    'ago',
    fixed([anyType], ([time], sources) => formatDuration(toSeconds(since(anyTime(time, ['int64'], sources), sources)))),
  ],
  ['duration', fixed([anyType], ([seconds]) => formatDuration(BigInt.asIntN(64, durationSeconds(seconds) * second)))],
  ['durationRound', fixed([anyType], ([cell], sources) => largestUnit(anyDuration(cell, sources)))],
  ['toDate', fixed([stringType, stringType], (args) => read(args, false))],
  ['mustToDate', fixed([stringType, stringType], (args) => read(args, true))],
  ['unixEpoch', fixed([timeType], ([time]) => String(unixSeconds(timeOf(time))))],
]
