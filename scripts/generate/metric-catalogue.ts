import { systemClock } from '../../src/lib/clock.ts'
import { createOperator } from '../../src/operator/operator.ts'
import type { MetricType } from '../../src/telemetry/exposition.ts'
import type { HistogramDefinition, MetricDefinition, Metrics } from '../../src/telemetry/metrics.ts'
import { noMetrics } from '../../src/telemetry/no-metrics.ts'
import { silentLogger } from '../../src/telemetry/silent-logger.ts'

/** A metric as the controllers define it. */
export interface CataloguedMetric {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly labels: readonly string[]
  /** Upper bounds of a histogram. */
  readonly buckets: readonly number[]
}

const listing = (found: CataloguedMetric[]): Metrics => {
  const note = (type: MetricType, { name, help, labels }: MetricDefinition<string>, buckets: readonly number[] = []) =>
    found.push({ name, help, type, labels, buckets })
  return {
    counter: (definition) => {
      note('counter', definition)
      return noMetrics.counter(definition)
    },
    gauge: (definition) => {
      note('gauge', definition)
      return noMetrics.gauge(definition)
    },
    histogram: <Label extends string>(definition: HistogramDefinition<Label>) => {
      note('histogram', definition, definition.buckets)
      return noMetrics.histogram(definition)
    },
    observed: (definition) => void note('gauge', definition),
  }
}

const refused = (): never => {
  throw new Error('listing metrics: the controllers do not run')
}

/** Every metric that the controllers define, in the order of their definition. Nothing runs for it. */
export const metricCatalogue = (): readonly CataloguedMetric[] => {
  const found: CataloguedMetric[] = []
  createOperator({
    transport: { request: refused, watch: refused },
    net: { fetch: refused },
    clock: systemClock,
    logger: silentLogger,
    metrics: listing(found),
    config: { instanceId: '', notifications: { selfService: false } },
  })
  return found
}
