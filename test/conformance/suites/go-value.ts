import { z } from 'zod'
import { cloudWatchResults } from '../../../src/expr/cloudwatch-value.ts'
import {
  anySliceType,
  float32Type,
  float64Type,
  int64Type,
  intSliceType,
  mapOf,
  pointerTo,
  stringSliceType,
  stringType,
  uint64Type,
} from '../../../src/expr/go-type.ts'
import { floatVector, List, list, Pointer, Scalar, stringMap, type Value } from '../../../src/expr/value.ts'

/** How the recording wrote what JSON cannot say: integers, NaN and infinities, times. */
const taggedInt = z.strictObject({ int: z.string() })
const taggedFloat = z.strictObject({ float: z.enum(['NaN', '+Inf', '-Inf', '-0']) })
const taggedTime = z.strictObject({ time: z.string() })

const specialFloats = { NaN: Number.NaN, '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY, '-0': -0 }

const integer = (recorded: unknown): bigint => {
  const tagged = taggedInt.safeParse(recorded)
  return tagged.success ? BigInt(tagged.data.int) : BigInt(z.number().parse(recorded))
}

const float = (recorded: unknown): number => {
  const tagged = taggedFloat.safeParse(recorded)
  return tagged.success ? specialFloats[tagged.data.float] : z.number().parse(recorded)
}

const untyped = (recorded: unknown): Value => {
  if (recorded === null || typeof recorded === 'string' || typeof recorded === 'boolean') return recorded
  if (Array.isArray(recorded)) return list(recorded.map(untyped))
  if (taggedInt.safeParse(recorded).success) return integer(recorded)
  if (typeof recorded === 'number' || taggedFloat.safeParse(recorded).success) return float(recorded)
  return stringMap(
    Object.entries(z.record(z.string(), z.unknown()).parse(recorded)).map(([key, value]) => [key, untyped(value)]),
  )
}

const optionalText = z.string().nullish()
const cloudWatch = z.array(
  z.object({
    Id: optionalText,
    Label: optionalText,
    StatusCode: optionalText,
    Timestamps: z.array(taggedTime.transform(({ time }) => time)).nullish(),
    Values: z.array(z.number()).nullish(),
    Messages: z.array(z.object({ Code: optionalText, Value: optionalText })).nullish(),
  }),
)

const items = z.array(z.unknown())

const decoders: Readonly<Record<string, (recorded: unknown) => Value>> = {
  nil: () => null,
  bool: (recorded) => z.boolean().parse(recorded),
  string: (recorded) => z.string().parse(recorded),
  float64: float,
  int: integer,
  int64: (recorded) => new Scalar(int64Type, integer(recorded)),
  uint64: (recorded) => new Scalar(uint64Type, integer(recorded)),
  float32: (recorded) => new Scalar(float32Type, Math.fround(float(recorded))),
  '*float64': (recorded) => new Pointer(pointerTo(float64Type), float(recorded)),
  '*float64(nil)': () => new Pointer(pointerTo(float64Type), undefined),
  '[]float64': (recorded) => floatVector(items.parse(recorded).map(float)),
  '[]int': (recorded) => new List(intSliceType, items.parse(recorded).map(integer)),
  '[]string': (recorded) => new List(stringSliceType, z.array(z.string()).parse(recorded)),
  '[]interface {}': untyped,
  '[]interface {}(nil)': () => new List(anySliceType, [], true),
  'map[string]interface {}': untyped,
  // A nil map is nil to conditions from the start.
  'map[string]interface {}(nil)': () => null,
  'map[string]float64': (recorded) => {
    const entries = Object.entries(z.record(z.string(), z.number()).parse(recorded))
    return stringMap(entries, mapOf(stringType, float64Type))
  },
  '[]types.MetricDataResult': (recorded) => cloudWatchResults(cloudWatch.parse(recorded)),
}

/** The value that was passed to the published implementation: its Go type, and how it was written down. Throws for types that are new. */
export const goValue = (type: string, recorded: unknown): Value => {
  const decode = decoders[type]
  if (decode === undefined) throw new TypeError(`reading a recorded ${type}: say how in go-value.ts`)
  return decode(recorded)
}
