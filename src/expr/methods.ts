import {
  type CivilTime,
  fromCivil,
  type GoTime,
  isoWeekOf,
  toCivil,
  unixSeconds,
  utc,
  weekdayOf,
  yearDayOf,
} from '../lib/go-time.ts'
import { formatTime } from '../lib/go-time-layout.ts'
import { clampDuration } from './arithmetic.ts'
import { order } from './compare.ts'
import { runError } from './expr-error.ts'
import { formatValue } from './format.ts'
import { byteSliceType, type GoType, int64Type, uint8Type } from './go-type.ts'
import { monthType, weekdayType } from './time-types.ts'
import { duration, Func, Instant, List, Location, Scalar, typeOf, type Value } from './value.ts'

type Method<Receiver> = (receiver: Receiver, args: readonly Value[]) => Value

const int64 = (value: bigint): Scalar => new Scalar(int64Type, value)
const abbreviation = (time: GoTime): string => formatTime(time, 'MST')
const moved = (time: GoTime, nanoseconds: bigint): Instant => new Instant({ zone: time.zone, nanoseconds })

const part =
  (name: keyof CivilTime): Method<GoTime> =>
  (time) =>
    BigInt(toCivil(time)[name])

const timeArgument = (value: Value | undefined): GoTime => {
  if (value instanceof Instant) return value.time
  throw runError('reflect: Call using a value that is no time.Time')
}

const nanosecondsArgument = (value: Value | undefined): bigint =>
  value instanceof Scalar && typeof value.value === 'bigint' ? value.value : 0n

/** Go rounds times since its own beginning, 1 January of the year 1. */
const goEpoch = -62_135_596_800_000_000_000n

const truncateTo = (value: bigint, step: bigint): bigint => {
  if (step <= 0n) return value
  const rest = ((value % step) + step) % step
  return value - rest
}

const roundTo = (value: bigint, step: bigint): bigint => (step <= 0n ? value : truncateTo(value + step / 2n, step))

const onGoClock = (time: GoTime, change: (value: bigint) => bigint): Instant =>
  moved(time, change(time.nanoseconds - goEpoch) + goEpoch)

const bytes = (text: string): List =>
  new List(
    byteSliceType,
    Array.from(Buffer.from(text), (byte) => new Scalar(uint8Type, BigInt(byte))),
  )

const rfc3339 = '2006-01-02T15:04:05.999999999Z07:00'

const addDate: Method<GoTime> = (time, [years, months, days]) => {
  const civil = toCivil(time)
  const shifted = {
    ...civil,
    year: civil.year + Number(years),
    month: civil.month + Number(months),
    day: civil.day + Number(days),
  }
  return new Instant(fromCivil(shifted, time.zone))
}

const timeMethods: ReadonlyMap<string, Method<GoTime>> = new Map<string, Method<GoTime>>([
  ['Year', part('year')],
  ['Day', part('day')],
  ['Hour', part('hour')],
  ['Minute', part('minute')],
  ['Second', part('second')],
  ['Nanosecond', part('nanosecond')],
  ['YearDay', (time) => BigInt(yearDayOf(toCivil(time)))],
  ['Month', (time) => new Scalar(monthType, BigInt(toCivil(time).month))],
  ['Weekday', (time) => new Scalar(weekdayType, BigInt(weekdayOf(toCivil(time))))],
  ['Date', part('year')],
  ['Clock', part('hour')],
  ['ISOWeek', (time) => BigInt(isoWeekOf(toCivil(time)).year)],
  ['Zone', (time) => abbreviation(time)],
  ['Unix', (time) => int64(unixSeconds(time))],
  ['UnixMilli', (time) => int64(truncateTo(time.nanoseconds, 1_000_000n) / 1_000_000n)],
  ['UnixMicro', (time) => int64(truncateTo(time.nanoseconds, 1_000n) / 1_000n)],
  ['UnixNano', (time) => int64(BigInt.asIntN(64, time.nanoseconds))],
  ['String', (time) => formatValue(new Instant(time))],
  ['Format', (time, [layout]) => formatTime(time, typeof layout === 'string' ? layout : '')],
  ['IsZero', (time) => time.nanoseconds === goEpoch],
  ['IsDST', (time) => isSummerTime(time)],
  ['Before', (time, [other]) => time.nanoseconds < timeArgument(other).nanoseconds],
  ['After', (time, [other]) => time.nanoseconds > timeArgument(other).nanoseconds],
  ['Equal', (time, [other]) => time.nanoseconds === timeArgument(other).nanoseconds],
  ['Compare', (time, [other]) => BigInt(order(new Instant(time), new Instant(timeArgument(other))) ?? 0)],
  ['Add', (time, [by]) => moved(time, time.nanoseconds + nanosecondsArgument(by))],
  ['Sub', (time, [other]) => duration(clampDuration(time.nanoseconds - timeArgument(other).nanoseconds))],
  ['AddDate', addDate],
  ['Truncate', (time, [step]) => onGoClock(time, (value) => truncateTo(value, nanosecondsArgument(step)))],
  ['Round', (time, [step]) => onGoClock(time, (value) => roundTo(value, nanosecondsArgument(step)))],
  ['UTC', (time) => new Instant({ ...time, zone: utc })],
  ['Local', (time) => new Instant({ ...time, zone: { name: 'Local', at: utc.at } })],
  ['In', (time, [zone]) => new Instant({ ...time, zone: zone instanceof Location ? zone.zone : utc })],
  ['Location', ({ zone }) => new Location(zone)],
  ['MarshalJSON', (time) => bytes(`"${formatTime(time, rfc3339)}"`)],
  ['MarshalText', (time) => bytes(formatTime(time, rfc3339))],
])

/** Summer time is an offset above the year's smaller one. */
const isSummerTime = (time: GoTime): boolean => {
  const { year } = toCivil(time)
  const offsetIn = (month: number): number => time.zone.at(Date.UTC(year, month) / 1000).offset
  return time.zone.at(Number(unixSeconds(time))).offset > Math.min(offsetIn(0), offsetIn(6))
}

const truncateDuration = (value: bigint, step: bigint): bigint => (step <= 0n ? value : value - (value % step))

const roundDuration = (value: bigint, step: bigint): bigint => {
  if (step <= 0n) return value
  const size = value < 0n ? -value : value
  const rounded = truncateDuration(size + step / 2n + (step % 2n), step)
  const exact = (size % step) * 2n < step ? truncateDuration(size, step) : rounded
  return clampDuration(value < 0n ? -exact : exact)
}

const inUnits =
  (unit: number): Method<bigint> =>
  (value) => {
    const whole = value / BigInt(unit)
    return Number(whole) + Number(value % BigInt(unit)) / unit
  }

const durationMethods: ReadonlyMap<string, Method<bigint>> = new Map<string, Method<bigint>>([
  ['Hours', inUnits(3_600_000_000_000)],
  ['Minutes', inUnits(60_000_000_000)],
  ['Seconds', inUnits(1_000_000_000)],
  ['Milliseconds', (value) => int64(value / 1_000_000n)],
  ['Microseconds', (value) => int64(value / 1_000n)],
  ['Nanoseconds', (value) => int64(value)],
  ['Abs', (value) => duration(clampDuration(value < 0n ? -value : value))],
  ['Round', (value, [step]) => duration(roundDuration(value, nanosecondsArgument(step)))],
  ['Truncate', (value, [step]) => duration(truncateDuration(value, nanosecondsArgument(step)))],
])

const invoke = (receiver: Value, name: string, args: readonly Value[]): Value => {
  const found =
    receiver instanceof Instant
      ? timeMethods.get(name)?.(receiver.time, args)
      : receiver instanceof Scalar && typeof receiver.value === 'bigint'
        ? durationMethods.get(name)?.(receiver.value, args)
        : undefined
  // Every type with methods has String, and it prints as %v does.
  return found === undefined ? formatValue(receiver) : found
}

const checkArguments = (args: readonly Value[], { params = [] }: GoType): void => {
  if (args.length !== params.length) {
    throw runError(`invalid number of arguments: expected ${params.length}, got ${args.length}`)
  }
  for (const [index, param] of params.entries()) {
    const given = typeOf(args[index] ?? null)
    if (given !== undefined && given.name !== param.name) {
      throw runError(`reflect: Call using ${given.name} as type ${param.name}`)
    }
  }
}

/** The method of a value, ready to be called. */
export const boundMethod = (receiver: Value, name: string, type: GoType): Func =>
  new Func(type, (args) => {
    checkArguments(args, type)
    return invoke(receiver, name, args)
  })
