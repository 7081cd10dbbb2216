import { byteSliceType, int64Type, uint8Type, uint64Type } from '../../expr/go-type.ts'
import { duration, Instant, List, Scalar, type Value } from '../../expr/value.ts'
import { parseDuration } from '../../lib/duration.ts'
import { parseFloat64 } from '../../lib/go-number.ts'
import { parseTime } from '../../lib/go-time-layout.ts'

const integer = (text: string): bigint => {
  if (/^[-+]?\d+$/.test(text)) return BigInt(text)
  throw new Error(`${text} is no integer`)
}

const time = (text: string): Value => new Instant(parseTime('2006-01-02T15:04:05Z07:00', text))

const bytes = (text: string): Value =>
  new List(
    byteSliceType,
    Array.from(Buffer.from(text, 'base64'), (byte) => new Scalar(uint8Type, BigInt(byte))),
  )

/** InfluxDB, "Annotated CSV", Data types. */
const readers: Readonly<Record<string, (text: string) => Value>> = {
  double: parseFloat64,
  long: (text) => new Scalar(int64Type, integer(text)),
  unsignedLong: (text) => new Scalar(uint64Type, integer(text)),
  boolean: (text) => text.toLowerCase() !== 'false',
  string: (text) => text,
  duration: (text) => duration(parseDuration(text)),
  'dateTime:RFC3339': time,
  'dateTime:RFC3339Nano': time,
  base64Binary: bytes,
}

/** A value of a Flux table; nothing is nil. Throws an error that says what is wrong with type or text. */
export const fluxValue = (text: string, type: string): Value => {
  if (text === '') return null
  const read = readers[type]
  if (read === undefined) throw new Error(`unknown data type ${type}`)
  return read(text)
}
