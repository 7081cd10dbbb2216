import { quoteString } from './go-string.ts'
import {
  type CivilTime,
  fixedZone,
  fromCivil,
  type GoTime,
  monthNames,
  type TimeZone,
  toCivil,
  unixSeconds,
  utc,
  weekdayNames,
  weekdayOf,
  yearDayOf,
} from './go-time.ts'

/** A text that does not fit its layout. The message is Go's (`parsing time "x" as "2006-01-02": cannot parse …`). */
export class TimeSyntaxError extends Error {
  override readonly name = 'TimeSyntaxError'
}

/** The fields of Go's reference time, longest spelling first where one begins with another. */
const fieldPattern =
  /January|Jan|Monday|Mon|MST|2006|__2|_2|002|01|02|03|04|05|06|1(?!5)|15|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?!\d)|2|3|4|5/g

interface Piece {
  /** Literal text before the field. */
  readonly literal: string
  /** The field's spelling in the layout; empty at the end. */
  readonly field: string
}

const pieces = (layout: string): Piece[] => {
  const found: Piece[] = []
  let from = 0
  for (const match of layout.matchAll(fieldPattern)) {
    // "Jan" inside a longer word in lower case ("Janet") is text, as Go has it.
    if (/^(?:Jan|Mon)$/.test(match[0]) && /^[a-z]/.test(layout.slice(match.index + 3))) continue
    found.push({ literal: layout.slice(from, match.index), field: match[0] })
    from = match.index + match[0].length
  }
  found.push({ literal: layout.slice(from), field: '' })
  return found
}

const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill)

const formatOffset = (field: string, offset: number): string => {
  if (field.startsWith('Z') && offset === 0) return 'Z'
  const shape = field.replace(/^[-Z]/, '')
  const total = Math.abs(offset)
  const [hours, minutes, seconds] = [Math.trunc(total / 3600), Math.trunc(total / 60) % 60, total % 60]
  const colon = shape.includes(':') ? ':' : ''
  const parts = [hours, minutes, seconds].slice(0, shape.replaceAll(':', '').length / 2).map((part) => pad(part, 2))
  return `${offset < 0 ? '-' : '+'}${parts.join(colon)}`
}

const formatFraction = (field: string, nanosecond: number): string => {
  const digits = pad(nanosecond, 9).slice(0, field.length - 1)
  if (field[1] === '0') return `${field[0]}${digits}`
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '' : `${field[0]}${kept}`
}

const zoneText = (time: GoTime): string => {
  const { offset, abbreviation } = time.zone.at(Number(unixSeconds(time)))
  return abbreviation === '' ? formatOffset('-0700', offset) : abbreviation
}

const formatters: ReadonlyMap<string, (civil: CivilTime) => string> = new Map([
  ['2006', ({ year }) => (year < 0 ? `-${pad(-year, 4)}` : pad(year, 4))],
  ['06', ({ year }) => pad(year % 100, 2)],
  ['January', ({ month }) => monthNames[month - 1] ?? ''],
  ['Jan', ({ month }) => (monthNames[month - 1] ?? '').slice(0, 3)],
  ['01', ({ month }) => pad(month, 2)],
  ['1', ({ month }) => String(month)],
  ['Monday', (civil) => weekdayNames[weekdayOf(civil)] ?? ''],
  ['Mon', (civil) => (weekdayNames[weekdayOf(civil)] ?? '').slice(0, 3)],
  ['02', ({ day }) => pad(day, 2)],
  ['_2', ({ day }) => pad(day, 2, ' ')],
  ['2', ({ day }) => String(day)],
  ['002', (civil) => pad(yearDayOf(civil), 3)],
  ['__2', (civil) => pad(yearDayOf(civil), 3, ' ')],
  ['15', ({ hour }) => pad(hour, 2)],
  ['03', ({ hour }) => pad(hour % 12 || 12, 2)],
  ['3', ({ hour }) => String(hour % 12 || 12)],
  ['04', ({ minute }) => pad(minute, 2)],
  ['4', ({ minute }) => String(minute)],
  ['05', ({ second }) => pad(second, 2)],
  ['5', ({ second }) => String(second)],
  ['PM', ({ hour }) => (hour >= 12 ? 'PM' : 'AM')],
  ['pm', ({ hour }) => (hour >= 12 ? 'pm' : 'am')],
])

/** The time in a Go layout, such as `2006-01-02T15:04:05Z07:00` (Go, package time, "Layout"). */
export const formatTime = (time: GoTime, layout: string): string => {
  const civil = toCivil(time)
  const { offset } = time.zone.at(Number(unixSeconds(time)))
  return pieces(layout)
    .map(({ literal, field }) => {
      const format = formatters.get(field)
      if (field === '') return literal
      if (format !== undefined) return literal + format(civil)
      if (field === 'MST') return literal + zoneText(time)
      return literal + (/^[.,]/.test(field) ? formatFraction(field, civil.nanosecond) : formatOffset(field, offset))
    })
    .join('')
}

/** What the fields of a layout read, each into the record that {@link parseTime} turns into a time. */
interface Reading {
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nanosecond: number
  afternoon: boolean | undefined
  offset: number | undefined
  abbreviation: string
}

class OutOfRange extends Error {}

const inRange = (name: string, value: number, low: number, high: number): number => {
  if (value < low || value > high) throw new OutOfRange(`: ${name} out of range`)
  return value
}

const indexOfName = (names: readonly string[], text: string, length?: number): number =>
  names.findIndex((name) => name.slice(0, length).toLowerCase() === text.toLowerCase())

type Reader = readonly [pattern: RegExp, read: (text: string, into: Reading) => void]

const monthReader =
  (length?: number): Reader[1] =>
  (text, into) => {
    into.month = indexOfName(monthNames, text, length) + 1
  }

const anyOf = (names: readonly string[], length?: number): RegExp =>
  new RegExp(`^(?:${names.map((name) => name.slice(0, length)).join('|')})`, 'i')

const hourReader =
  (high: number): Reader[1] =>
  (text, into) => {
    into.hour = inRange('hour', Number(text), 0, high)
  }
const readYear: Reader[1] = (text, into) => {
  into.year = Number(text)
}
/** Two digits are years from 1969 to 2068. */
const readShortYear: Reader[1] = (text, into) => {
  into.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000)
}
const readMinute: Reader[1] = (text, into) => {
  into.minute = inRange('minute', Number(text), 0, 59)
}
const readSecond: Reader[1] = (text, into) => {
  into.second = inRange('second', Number(text), 0, 59)
}
const readMonth: Reader[1] = (text, into) => {
  into.month = inRange('month', Number(text), 1, 12)
}
const readDay: Reader[1] = (text, into) => {
  into.day = Number(text)
}
const readHalf: Reader[1] = (text, into) => {
  into.afternoon = text.toLowerCase() === 'pm'
}
const readYearDay: Reader[1] = (text, into) => {
  into.yearDay = Number(text)
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['2006', [/^\d{4}/, readYear]],
  ['06', [/^\d{2}/, readShortYear]],
  ['January', [anyOf(monthNames), monthReader()]],
  ['Jan', [anyOf(monthNames, 3), monthReader(3)]],
  ['01', [/^\d{2}/, readMonth]],
  ['1', [/^\d{1,2}/, readMonth]],
  ['Monday', [anyOf(weekdayNames), () => {}]],
  ['Mon', [anyOf(weekdayNames, 3), () => {}]],
  ['02', [/^\d{2}/, readDay]],
  ['_2', [/^ ?\d{1,2}/, readDay]],
  ['2', [/^\d{1,2}/, readDay]],
  ['002', [/^\d{3}/, readYearDay]],
  ['__2', [/^ {0,2}\d{1,3}/, readYearDay]],
  ['15', [/^\d{1,2}/, hourReader(23)]],
  ['03', [/^\d{2}/, hourReader(12)]],
  ['3', [/^\d{1,2}/, hourReader(12)]],
  ['04', [/^\d{2}/, readMinute]],
  ['4', [/^\d{1,2}/, readMinute]],
  ['05', [/^\d{2}/, readSecond]],
  ['5', [/^\d{1,2}/, readSecond]],
  ['PM', [/^(?:AM|PM)/, readHalf]],
  ['pm', [/^(?:am|pm)/, readHalf]],
])

const readOffset = (text: string, into: Reading): void => {
  const digits = text.replace(/[^\d]/g, '')
  const [hours, minutes, seconds] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)))
  const size =
    inRange('time zone offset hour', hours ?? 0, 0, 24) * 3600 +
    inRange('time zone offset minute', minutes ?? 0, 0, 60) * 60 +
    inRange('time zone offset second', seconds ?? 0, 0, 60)
  into.offset = text.startsWith('-') ? -size : size
}

const readFraction = (text: string, into: Reading): void => {
  into.nanosecond = Number(text.slice(1, 10).padEnd(9, '0'))
}

const readZoneName = (text: string, into: Reading): void => {
  into.abbreviation = text
  if (text === 'UTC') into.offset = 0
}

/**
 * What Go takes for the name of a zone (package time, `parseTimeZone`): UTC, GMT with hours or without, hours alone, or capitals: three of
 * them, four or five that end in T, and a few that are neither. More digits than hours have are no name.
 */
const zoneNamePattern =
  /^(?:UTC|GMT(?:[-+]0*(?:1?\d|2[0-3])(?!\d))?|ChST|MeST|WITA(?![A-Z])|[A-Z]{3,4}T(?![A-Z])|[A-Z]{3}(?![A-Z])|[-+]0*(?:1?\d|2[0-3])(?!\d))/

const readerOf = (field: string): Reader => {
  const known = readers.get(field)
  if (known !== undefined) return known
  if (field === 'MST') return [zoneNamePattern, readZoneName]
  if (/^[.,]/.test(field)) {
    return [field[1] === '0' ? new RegExp(`^[.,]\\d{${field.length - 1}}`) : /^(?:[.,]\d+)?/, readFraction]
  }
  const shape = field.replace(/^[-Z]/, '').replace(/\d/g, '\\d')
  return [new RegExp(field.startsWith('Z') ? `^(?:Z|[-+]${shape})` : `^[-+]${shape}`), readOffset]
}

const lastDayOf = (year: number, month: number): number => {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

const assemble = (reading: Reading, zone: TimeZone | undefined): GoTime => {
  const { afternoon, offset, abbreviation, yearDay } = reading
  const hour =
    afternoon === true && reading.hour < 12
      ? reading.hour + 12
      : afternoon === false && reading.hour === 12
        ? 0
        : reading.hour
  const byYearDay = yearDay > 0
  if (byYearDay) inRange('day-of-year', yearDay, 1, lastDayOf(reading.year, 2) === 29 ? 366 : 365)
  const month = byYearDay ? 1 : reading.month
  const day = byYearDay ? yearDay : inRange('day', reading.day, 1, lastDayOf(reading.year, month))
  const civil = { ...reading, hour, month, day }
  if (offset !== undefined) {
    const time = fromCivil(civil, offset === 0 ? utc : fixedZone(abbreviation, offset))
    const local = zone?.at(Number(unixSeconds(time)))
    return local?.offset === offset && zone !== undefined ? { ...time, zone } : time
  }
  if (abbreviation !== '') {
    const base = zone ?? utc
    const time = fromCivil(civil, base)
    if (base.at(Number(unixSeconds(time))).abbreviation === abbreviation) return time
    const hours = /^GMT([-+]\d+)$/.exec(abbreviation)?.[1] ?? '0'
    // As Go has it: the clock is read as UTC, also where the name holds an offset, which only counts for showing the time.
    return { ...fromCivil(civil, utc), zone: fixedZone(abbreviation, Number(hours) * 3600) }
  }
  return fromCivil(civil, zone ?? utc)
}

/** Steps over the text of a layout, as far as it is there. A space stands for any number of them, and for the end (Go, `skip`). */
const skipLiteral = (text: string, literal: string): { readonly rest: string; readonly left: string } => {
  let rest = text
  let left = literal
  while (left !== '') {
    if (left.startsWith(' ')) {
      if (rest !== '' && !rest.startsWith(' ')) break
      left = left.replace(/^ +/, '')
      rest = rest.replace(/^ +/, '')
    } else if (rest !== '' && rest[0] === left[0]) {
      left = left.slice(1)
      rest = rest.slice(1)
    } else break
  }
  return { rest, left }
}

/**
 * The time that `text` spells in a Go layout. Without an offset in the text it is a time of `zone` (UTC if absent). Throws
 * {@link TimeSyntaxError} with Go's message.
 */
export const parseTime = (layout: string, text: string, zone?: TimeZone): GoTime => {
  const refuse = (rest: string, field: string): TimeSyntaxError =>
    new TimeSyntaxError(
      `parsing time ${quoteString(text)} as ${quoteString(layout)}: cannot parse ${quoteString(rest)} as ${quoteString(field)}`,
    )
  const reading: Reading = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: undefined,
    offset: undefined,
    abbreviation: '',
  }
  let rest = text
  try {
    for (const { literal, field } of pieces(layout)) {
      const before = skipLiteral(rest, literal)
      if (before.left !== '') throw refuse(before.rest, literal)
      rest = before.rest
      if (field === '') break
      const [pattern, read] = readerOf(field)
      const found = pattern.exec(rest)?.[0]
      if (found === undefined) throw refuse(rest, field)
      read(found, reading)
      rest = rest.slice(found.length)
      // Go takes a fraction after the seconds even where the layout has none.
      const fraction = /^0?5$/.test(field) ? /^[.,]\d+/.exec(rest)?.[0] : undefined
      if (fraction !== undefined && !new RegExp(`${field}[.,][09]`).test(layout)) {
        readFraction(fraction, reading)
        rest = rest.slice(fraction.length)
      }
    }
    if (rest !== '') throw new OutOfRange(`: extra text: ${quoteString(rest)}`)
    return assemble(reading, zone)
  } catch (error) {
    if (error instanceof OutOfRange) throw new TimeSyntaxError(`parsing time ${quoteString(text)}${error.message}`)
    throw error
  }
}
