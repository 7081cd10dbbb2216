import * as z from 'zod'
import type { GraphiteMetric } from '../../api/providers/graphite.ts'
import { floatVector } from '../../expr/value.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { jsonFloat } from '../json-float.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { NoDataError, ProviderError } from '../provider-error.ts'
import { formatFixed } from '../value-text.ts'

type Spec = DeepReadonly<GraphiteMetric>

/** Graphite, "The Render URL API", format=json. A point is `[value, seconds]`; some servers spell numbers as text. */
const answer = z.array(z.object({ datapoints: z.array(z.tuple([jsonFloat.nullable(), z.unknown()])) }))

const timeoutMs = 10_000
/** As the published controller writes values. */
const digits = 6

/** The query is that of the render URL: `target=…&from=-5min`, which may be broken into lines. */
const renderUrl = ({ address = '', query = '' }: Spec): string => {
  const parameters = new URLSearchParams(query.replace(/\s+/g, ' ').trim())
  if (!parameters.has('target')) {
    throw new ProviderError(
      'provider.graphite.query: must hold a target, such as target=sumSeries(errors.*)&from=-5min',
    )
  }
  parameters.set('format', 'json')
  const url = addressBelow(address, 'render', 'provider.graphite.address')
  url.search = parameters.toString()
  return url.href
}

const valuesOf = async (spec: Spec, context: MeasureContext): Promise<number[]> => {
  const question = { method: 'GET', url: renderUrl(spec), timeoutMs }
  const [series] = await askJson(question, answer, { title: 'Graphite' }, context)
  if (series === undefined || series.datapoints.length === 0) throw new NoDataError('no values found')
  return series.datapoints.flatMap(([value]) => (value === null ? [] : [value]))
}

const outcomeOf = (values: readonly number[], context: MeasureContext): Outcome =>
  judge(context, floatVector(values), `[${values.map((value) => formatFixed(value, digits)).join(',')}]`)

/** Asks Graphite: the values of the first series, without its gaps. */
export const graphite: Provider<GraphiteMetric> = {
  name: 'graphite',
  typeName: 'Graphite',
  specOf: (provider) => provider.graphite,
  start: async (spec, context) => outcomeOf(await valuesOf(spec, context), context),
}
