import { parseTime } from '../lib/go-time-layout.ts'
import { float64SliceType, type GoType, pointerTo, sliceOf, stringType } from './go-type.ts'
import { timeType } from './time-types.ts'
import { Instant, List, Pointer, Scalar, Struct, type Value } from './value.ts'

/** One result of CloudWatch's GetMetricData, as its API names the fields. Absent and null are the same. */
export interface CloudWatchResult {
  readonly Id?: string | null | undefined
  readonly Label?: string | null | undefined
  readonly StatusCode?: string | null | undefined
  /** RFC 3339. */
  readonly Timestamps?: readonly string[] | null | undefined
  readonly Values?: readonly number[] | null | undefined
  readonly Messages?:
    | readonly { readonly Code?: string | null | undefined; readonly Value?: string | null | undefined }[]
    | null
    | undefined
}

const sdk = 'github.com/aws/aws-sdk-go-v2/service/cloudwatch/types'
const optionalString = pointerTo(stringType)

const struct = (name: string, fields: Readonly<Record<string, GoType>>): GoType => ({
  name,
  kind: 'struct',
  package: sdk,
  fields: new Map(Object.entries(fields)),
})

const statusCodeType: GoType = { name: 'types.StatusCode', kind: 'string', package: sdk }
const messageType = struct('types.MessageData', { Code: optionalString, Value: optionalString })
const resultType = struct('types.MetricDataResult', {
  Id: optionalString,
  Label: optionalString,
  Messages: sliceOf(messageType),
  StatusCode: statusCodeType,
  Timestamps: sliceOf(timeType),
  Values: float64SliceType,
})

const text = (value: string | null | undefined): Pointer => new Pointer(optionalString, value ?? undefined)

const optionalList = <Item>(
  type: GoType,
  items: readonly Item[] | null | undefined,
  make: (item: Item) => Value,
): List => new List(type, (items ?? []).map(make), items === null || items === undefined)

const rfc3339 = '2006-01-02T15:04:05Z07:00'

/**
 * What conditions on CloudWatch metrics see: a list of structs, so that `result[0].Values[0]` works, `result[0].values` does
 * not compile, and a status code is no plain string, as published. Throws TimeSyntaxError for a timestamp that is none.
 */
export const cloudWatchResults = (results: readonly CloudWatchResult[]): List =>
  new List(
    sliceOf(resultType),
    results.map(({ Id, Label, Messages, StatusCode, Timestamps, Values }) => {
      const fields = new Map<string, Value>([
        ['Id', text(Id)],
        ['Label', text(Label)],
        [
          'Messages',
          optionalList(sliceOf(messageType), Messages, ({ Code, Value: message }) => {
            return new Struct(
              messageType,
              new Map([
                ['Code', text(Code)],
                ['Value', text(message)],
              ]),
            )
          }),
        ],
        ['StatusCode', new Scalar(statusCodeType, StatusCode ?? '')],
        ['Timestamps', optionalList(sliceOf(timeType), Timestamps, (at) => new Instant(parseTime(rfc3339, at)))],
        ['Values', optionalList(float64SliceType, Values, (value) => value)],
      ])
      return new Struct(resultType, fields)
    }),
  )
