import * as z from 'zod'
import { floatVector, scalar } from '../../expr/value.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { jsonFloat } from '../json-float.ts'
import { judge } from '../judge.ts'
import { errorOutcome, type MeasureContext, type Outcome } from '../provider.ts'
import { NoDataError, ProviderError } from '../provider-error.ts'
import { formatFixed } from '../value-text.ts'

/** `[seconds, value]` */
const point = z.tuple([z.number(), jsonFloat])
const series = z.object({ label: z.string().nullish(), data: z.array(point).nullish() })

const warnings = z.string().nullish()

/** An answer of Wavefront's query API (`/api/v2/chart/api`). One that has no series names the query all the same. */
export const wavefrontAnswer = z.union([
  z.object({ errorType: z.string().min(1), errorMessage: z.string().nullish() }),
  z.object({ timeseries: z.array(series), warnings }),
  z.object({ timeseries: z.null().optional(), warnings, query: z.string() }),
])

/** The point of a series that is used. `drift` is how far it is from the measurement, in seconds. */
interface Reading {
  readonly value: number
  readonly epoch: number
  readonly drift: number
}

/** The point nearest in time. A series without points has no value: the published controller reads it as 0. */
const nearest = ({ label, data }: z.output<typeof series>, nowSeconds: number): Reading => {
  const readings = (data ?? []).map(([epoch, value]) => ({ value, epoch, drift: epoch - nowSeconds }))
  const [first, ...rest] = readings
  if (first === undefined) {
    throw new NoDataError(`the time series ${label ?? ''} in the response from Wavefront has no data`)
  }
  return rest.reduce((best, one) => (Math.abs(one.drift) < Math.abs(best.drift) ? one : best), first)
}

const text = (parts: readonly string[]): string => (parts.length === 1 ? parts.join('') : `[${parts.join(',')}]`)

/** Go writes whole seconds. */
const seconds = (value: number): string => String(Math.trunc(value))

const outcomeOf = (readings: readonly Reading[], context: MeasureContext): Outcome => {
  const values = readings.map(({ value }) => value)
  const [first] = values
  if (first === undefined) throw new NoDataError('No TimeSeries found in response from Wavefront')
  const result = values.length === 1 ? scalar(first) : floatVector(values)
  return judge(context, result, text(values.map((value) => formatFixed(value, 2))))
}

const judgeSeries = (timeseries: readonly z.output<typeof series>[], context: MeasureContext): Outcome => {
  const nowSeconds = Math.floor(context.clock.now() / 1000)
  const readings = timeseries.map((one) => nearest(one, nowSeconds))
  const metadata = {
    timestamps: text(readings.map(({ epoch }) => seconds(epoch))),
    drift: text(readings.map(({ drift }) => seconds(drift))),
  }
  return { ...outcomeOf(readings, context), metadata }
}

/** A number for one series, a list for several. Warnings are kept also where there is no value: they say why. */
export const judgeWavefront = (answer: z.output<typeof wavefrontAnswer>, context: MeasureContext): Outcome => {
  if ('errorType' in answer) {
    throw new ProviderError(`${answer.errorType}: ${excerpt(answer.errorMessage ?? 'no reason given')}`)
  }
  const told = answer.warnings ? { warnings: answer.warnings } : undefined
  try {
    const outcome = judgeSeries(answer.timeseries ?? [], context)
    return { ...outcome, metadata: { ...outcome.metadata, ...told } }
  } catch (error) {
    return errorOutcome(error, told)
  }
}
