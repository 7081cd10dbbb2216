import type { Measurement } from '../../api/analysis-run.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { timeOf } from './time-text.ts'

/** What of a measurement is a number, by its name or index; a single number has the name ''. */
type Values = ReadonlyMap<string, number>

const numbersIn = (entries: readonly (readonly [string, unknown])[]): Values =>
  new Map(entries.flatMap(([key, value]) => (typeof value === 'number' ? [[key, value] as const] : [])))

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Providers write NaN and infinity too, and Go maps: nothing that a line could be drawn through.
    return undefined
  }
}

const valuesOf = (text: string | undefined): Values => {
  const value = parsed(text ?? '')
  if (typeof value === 'number') return new Map([['', value]])
  if (Array.isArray(value)) return numbersIn(value.map((one, index) => [String(index), one] as const))
  return typeof value === 'object' && value !== null ? numbersIn(Object.entries(value)) : new Map()
}

/** A line of a chart; `values` has null where a measurement gave none. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

/** What a chart shows of a metric. */
export interface ChartData {
  /** Seconds since the epoch, one for each measurement. */
  readonly times: readonly number[]
  readonly phases: readonly string[]
  readonly lines: readonly Line[]
}

/** More lines than these cannot be told apart. */
const maxLines = 6

/**
 * The lines of a metric's measurements: of the values that conditions compare where they name some, else of all that are
 * numbers. Undefined where no measurement is a number, or none has a time.
 * @param keys names or indexes that conditions compare
 */
export const chartData = (
  measurements: readonly DeepReadonly<Measurement>[],
  keys: readonly string[],
): ChartData | undefined => {
  const points = measurements.flatMap(({ value, phase, startedAt, finishedAt }) => {
    const ms = timeOf(finishedAt) ?? timeOf(startedAt)
    return ms === undefined ? [] : [{ time: ms / 1000, phase, values: valuesOf(value) }]
  })
  const all = [...new Set(points.flatMap(({ values }) => [...values.keys()]))]
  const compared = all.filter((key) => keys.includes(key))
  const shown = (compared.length > 0 ? compared : all).slice(0, maxLines)
  if (shown.length === 0) return undefined
  return {
    times: points.map(({ time }) => time),
    phases: points.map(({ phase }) => phase),
    lines: shown.map((name) => ({ name, values: points.map(({ values }) => values.get(name) ?? null) })),
  }
}

/** Below this part of the largest value, the smallest is shown together with zero. */
const nearZero = 0.5

/**
 * The range of a chart's values: all points and thresholds, with a little room; from zero on, unless all of them are so far
 * from it that their differences would not be seen. Never empty.
 */
export const valueRange = (data: ChartData, thresholds: readonly number[]): readonly [min: number, max: number] => {
  const drawn = data.lines.flatMap(({ values }) => values.filter((value) => value !== null))
  const all = [...drawn, ...thresholds]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const min = low > 0 && low < nearZero * high ? 0 : low
  const max = high < 0 && high > nearZero * low ? 0 : high
  const room = (max - min || Math.abs(max) || 1) * 0.15
  return [min === 0 ? 0 : min - room, max === 0 && min < 0 ? 0 : max + room]
}

/** A measured value for a table: numbers with four significant digits, a list of one without its brackets. */
export const valueText = (value: string | undefined): string => {
  if (value === undefined || value === '') return '–'
  const values = valuesOf(value)
  const [only] = values.values()
  if (values.size !== 1 || only === undefined || value.startsWith('{')) return value
  return String(Number(only.toPrecision(4)))
}
