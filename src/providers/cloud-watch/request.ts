import type { CloudWatchMetric } from '../../api/providers/cloud-watch.ts'
import type { IntOrString } from '../../api/scalars.ts'
import { intValue } from '../../lib/int-value.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { ProviderError } from '../provider-error.ts'
import { intervalMs } from '../settings.ts'

type Spec = DeepReadonly<CloudWatchMetric>
type Query = Spec['metricDataQueries'][number]

const path = 'provider.cloudWatch.metricDataQueries'

const seconds = (period: IntOrString, at: string): number => {
  const value = intValue(period)
  if (value > 0) return value
  throw new ProviderError(`${at}: a period is a number of seconds above 0`)
}

const statOf = ({ metric, period, stat, unit }: NonNullable<Query['metricStat']>, at: string): Json => ({
  Metric: {
    MetricName: metric?.metricName ?? '',
    ...(metric?.namespace !== undefined && { Namespace: metric.namespace }),
    ...(metric?.dimensions && {
      Dimensions: metric.dimensions.map(({ name = '', value = '' }) => ({ Name: name, Value: value })),
    }),
  },
  Stat: stat ?? '',
  ...(period !== undefined && { Period: seconds(period, `${at}.period`) }),
  ...(unit && { Unit: unit }),
})

const queryOf = (query: Query, at: string): Json => {
  const { id, expression, label, metricStat, period, returnData } = query
  if ((metricStat === undefined) === !expression) {
    throw new ProviderError(`${at}: set either expression or metricStat`)
  }
  return {
    Id: id ?? '',
    ...(expression && { Expression: expression }),
    ...(label !== undefined && { Label: label }),
    ...(metricStat && { MetricStat: statOf(metricStat, `${at}.metricStat`) }),
    ...(period !== undefined && { Period: seconds(period, `${at}.period`) }),
    ...(returnData !== undefined && { ReturnData: returnData }),
  }
}

/**
 * The body of CloudWatch's GetMetricData, without the token of a page (Amazon CloudWatch API reference). Times are in seconds since the
 * epoch, as AWS' JSON has them. Throws {@link ProviderError} with the path of the field that is wrong.
 */
export const metricDataBody = (spec: Spec, nowMs: number): Readonly<Record<string, Json>> => {
  if (spec.metricDataQueries.length === 0) throw new ProviderError(`${path}: set at least one query`)
  const span = intervalMs(spec.interval, '5m', 'provider.cloudWatch.interval')
  return {
    StartTime: (nowMs - span) / 1000,
    EndTime: nowMs / 1000,
    MetricDataQueries: spec.metricDataQueries.map((query, index) => queryOf(query, `${path}[${index}]`)),
  }
}
