/** A place's rule for the offset from UTC. */
export interface TimeZone {
  /** `UTC`, an IANA name such as `Europe/Berlin`, or the abbreviation read from a text; may be empty. */
  readonly name: string
  /** Seconds east of UTC, and the abbreviation in force, at a time in seconds since the epoch. */
  at(seconds: number): { readonly offset: number; readonly abbreviation: string }
}

/** A moment, and the zone in which it is read: Go's time.Time without its monotonic part. */
export interface GoTime {
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanoseconds: bigint
  readonly zone: TimeZone
}

/** The parts of a moment in its zone. */
export interface CivilTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
}

const billion = 1_000_000_000n

export const utc: TimeZone = { name: 'UTC', at: () => ({ offset: 0, abbreviation: 'UTC' }) }

/** A zone that never changes. An empty name prints as the numeric offset. */
export const fixedZone = (name: string, offset: number): TimeZone => ({
  name,
  at: () => ({ offset, abbreviation: name }),
})

/** An IANA zone that this runtime does not know. The message is Go's. */
export class UnknownTimeZoneError extends Error {
  override readonly name = 'UnknownTimeZoneError'
}

const floorDivide = (value: bigint, divisor: bigint): bigint => {
  const quotient = value / divisor
  return value % divisor !== 0n && value < 0n !== divisor < 0n ? quotient - 1n : quotient
}

/** Whole seconds since the epoch, rounded down. */
export const unixSeconds = (time: GoTime): bigint => floorDivide(time.nanoseconds, billion)

const partsIn = (formatter: Intl.DateTimeFormat, milliseconds: number): Map<string, string> =>
  new Map(formatter.formatToParts(new Date(milliseconds)).map((part) => [part.type, part.value]))

/** A language knows the abbreviations of its own parts of the world only. */
const languages = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'ja-JP', 'ko-KR']

const abbreviationOf = (timeZone: string, seconds: number): string | undefined => {
  for (const language of languages) {
    const formatter = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'short' })
    const text = partsIn(formatter, seconds * 1000).get('timeZoneName') ?? ''
    if (/^[A-Z]{3,5}$/.test(text)) return text
  }
  return undefined
}

/**
 * The zone of an IANA name, as Go's `time.LoadLocation`: empty and `UTC` are UTC. `Local` is UTC as well: a controller's
 * decision must not depend on the machine it runs on. Throws {@link UnknownTimeZoneError}.
 */
export const loadZone = (name: string): TimeZone => {
  if (name === '' || name === 'UTC') return utc
  if (name === 'Local') return { name: 'Local', at: utc.at }
  const options: Intl.DateTimeFormatOptions = { timeZone: name, hourCycle: 'h23', timeZoneName: 'longOffset' }
  let offsets: Intl.DateTimeFormat
  try {
    if (!/^[A-Za-z]/.test(name)) throw new RangeError(name)
    offsets = new Intl.DateTimeFormat('en-US', options)
  } catch (cause) {
    throw new UnknownTimeZoneError(`unknown time zone ${name}`, { cause })
  }
  return {
    name,
    at: (seconds) => {
      const text = partsIn(offsets, seconds * 1000).get('timeZoneName') ?? ''
      const [, sign, hours, minutes, rest] = /^GMT(?:([-+])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? []
      const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0)
      const offset = sign === '-' ? -size : size
      return { offset, abbreviation: abbreviationOf(name, seconds) ?? numericName(offset) }
    },
  }
}

/** Go's data names places without letters of their own by their offset, such as `+03`; before zones had whole minutes it is `LMT`, the local mean time. */
const numericName = (offset: number): string => {
  if (offset % 60 !== 0) return 'LMT'
  const minutes = Math.abs(offset) / 60
  const [hours, rest] = [String(Math.trunc(minutes / 60)).padStart(2, '0'), minutes % 60]
  return `${offset < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : String(rest).padStart(2, '0')}`
}

/** Days since the epoch of a civil date; months and days beyond their range carry over. */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return Math.floor(date.getTime() / 86_400_000)
}

/** The moment at which clocks in `zone` show these parts, which may exceed their ranges (Go's `time.Date`). */
export const fromCivil = (civil: CivilTime, zone: TimeZone): GoTime => {
  const days = daysFromCivil(civil.year, civil.month, civil.day)
  const local = days * 86_400 + civil.hour * 3600 + civil.minute * 60 + civil.second
  // The offset depends on the answer; the second guess is right except within a gap, where Go does not promise anything.
  const first = zone.at(local - zone.at(local).offset).offset
  const offset = zone.at(local - first).offset
  return { nanoseconds: BigInt(local - offset) * billion + BigInt(civil.nanosecond), zone }
}

/** What clocks in the time's zone show. */
export const toCivil = (time: GoTime): CivilTime => {
  const seconds = unixSeconds(time)
  const local = Number(seconds) + time.zone.at(Number(seconds)).offset
  const date = new Date(local * 1000)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(time.nanoseconds - seconds * billion),
  }
}

/** 0 is Sunday. */
export const weekdayOf = (civil: CivilTime): number => {
  const days = daysFromCivil(civil.year, civil.month, civil.day)
  return (((days + 4) % 7) + 7) % 7
}

/** 1 for 1 January. */
export const yearDayOf = (civil: CivilTime): number =>
  daysFromCivil(civil.year, civil.month, civil.day) - daysFromCivil(civil.year, 1, 1) + 1

/** Year and week of ISO 8601: weeks begin on Monday, and week 1 is the one that holds 4 January. */
export const isoWeekOf = (civil: CivilTime): { year: number; week: number } => {
  const days = daysFromCivil(civil.year, civil.month, civil.day)
  const thursday = days + 4 - (weekdayOf(civil) || 7)
  const year = new Date(thursday * 86_400_000).getUTCFullYear()
  return { year, week: 1 + Math.trunc((thursday - daysFromCivil(year, 1, 1)) / 7) }
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

export const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
