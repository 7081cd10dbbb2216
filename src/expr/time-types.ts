import {
  boolType,
  byteSliceType,
  errorType,
  float64Type,
  funcOf,
  type GoType,
  int64Type,
  intType,
  pointerTo,
  stringType,
} from './go-type.ts'

const signature = (results: readonly GoType[], ...params: readonly GoType[]): GoType => funcOf(params, results)

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Go's time.Duration: nanoseconds as an int64. */
export const durationType: GoType = {
  name: 'time.Duration',
  kind: 'int64',
  package: 'time',
  methods: once(
    () =>
      new Map([
        ['Hours', signature([float64Type])],
        ['Minutes', signature([float64Type])],
        ['Seconds', signature([float64Type])],
        ['Milliseconds', signature([int64Type])],
        ['Microseconds', signature([int64Type])],
        ['Nanoseconds', signature([int64Type])],
        ['String', signature([stringType])],
        ['Abs', signature([durationType])],
        ['Round', signature([durationType], durationType)],
        ['Truncate', signature([durationType], durationType)],
      ]),
  ),
}

const named = (name: string): GoType => ({
  name,
  kind: 'int',
  package: 'time',
  methods: () => new Map([['String', signature([stringType])]]),
})

/** Go's time.Month: 1 is January. */
export const monthType = named('time.Month')
/** Go's time.Weekday: 0 is Sunday. */
export const weekdayType = named('time.Weekday')

/** Go's *time.Location: what `timezone()` returns. */
export const locationType: GoType = pointerTo(
  { name: 'time.Location', kind: 'struct', package: 'time', fields: new Map() },
  () => new Map([['String', signature([stringType])]]),
)

/** Go's time.Time, with the methods that a condition can do something with. */
export const timeType: GoType = {
  name: 'time.Time',
  kind: 'struct',
  package: 'time',
  fields: new Map(),
  methods: once(
    () =>
      new Map([
        ...['Year', 'Day', 'Hour', 'Minute', 'Second', 'Nanosecond', 'YearDay'].map((name): [string, GoType] => [
          name,
          signature([intType]),
        ]),
        ...['Unix', 'UnixMilli', 'UnixMicro', 'UnixNano'].map((name): [string, GoType] => [
          name,
          signature([int64Type]),
        ]),
        ['Month', signature([monthType])],
        ['Weekday', signature([weekdayType])],
        ['Date', signature([intType, monthType, intType])],
        ['Clock', signature([intType, intType, intType])],
        ['ISOWeek', signature([intType, intType])],
        ['Zone', signature([stringType, intType])],
        ['String', signature([stringType])],
        ['Format', signature([stringType], stringType)],
        ['IsZero', signature([boolType])],
        ['IsDST', signature([boolType])],
        ['Before', signature([boolType], timeType)],
        ['After', signature([boolType], timeType)],
        ['Equal', signature([boolType], timeType)],
        ['Compare', signature([intType], timeType)],
        ['Add', signature([timeType], durationType)],
        ['Sub', signature([durationType], timeType)],
        ['AddDate', signature([timeType], intType, intType, intType)],
        ['Truncate', signature([timeType], durationType)],
        ['Round', signature([timeType], durationType)],
        ['UTC', signature([timeType])],
        ['Local', signature([timeType])],
        ['In', signature([timeType], locationType)],
        ['Location', signature([locationType])],
        ['MarshalJSON', signature([byteSliceType, errorType])],
        ['MarshalText', signature([byteSliceType, errorType])],
      ]),
  ),
}
