import * as prometheus from '@prometheus-io/client'
import { type Labels, SeriesSet } from './series.ts'

/** Name, meaning and labels of a metric. */
export interface MetricDefinition<Label extends string> {
  readonly name: string
  readonly help: string
  readonly labels: readonly Label[]
  /** Label combinations that are kept; further ones are dropped and counted. Default 20,000. */
  readonly maxSeries?: number
}

/** A histogram's definition. */
export interface HistogramDefinition<Label extends string> extends MetricDefinition<Label> {
  /** Upper bounds in the metric's unit, rising. */
  readonly buckets: readonly number[]
}

/** Series that end when the object they are about is gone. */
interface RemovableSeries<Label extends string> {
  /** Removes every series that has these label values. */
  remove(part: Partial<Labels<Label>>): void
}

/** A number that only rises. `inc` by 0 makes a series appear as zero, so that its first rise is seen. */
export interface Counter<Label extends string> extends RemovableSeries<Label> {
  inc(labels: Labels<Label>, by?: number): void
}

/** A number that goes up and down. */
export interface Gauge<Label extends string> extends RemovableSeries<Label> {
  set(labels: Labels<Label>, value: number): void
}

/** A distribution. */
export interface Histogram<Label extends string> extends RemovableSeries<Label> {
  observe(labels: Labels<Label>, value: number): void
}

/** One value of an observed gauge. */
export interface Sample<Label extends string> {
  readonly labels: Labels<Label>
  readonly value: number
}

/** Where metrics are made. Defining a name twice throws: each metric has one owner. */
export interface Metrics {
  counter<Label extends string>(definition: MetricDefinition<Label>): Counter<Label>
  gauge<Label extends string>(definition: MetricDefinition<Label>): Gauge<Label>
  histogram<Label extends string>(definition: HistogramDefinition<Label>): Histogram<Label>
  /**
   * A gauge that is computed when it is read. For what the caches know anyway (`rollout_info`): nothing is kept between
   * scrapes, so nothing has to be removed.
   */
  observed<Label extends string>(definition: MetricDefinition<Label>, samples: () => Iterable<Sample<Label>>): void
}

const defaultMaxSeries = 20_000

/** Metrics in a registry of their own, written in Prometheus' text format. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new prometheus.Registry()
  readonly #dropped: prometheus.Counter<string>

  /** @param options.runtime also collect what Node knows: CPU, memory, garbage collection, event loop lag. */
  constructor(options: { readonly runtime: boolean }) {
    if (options.runtime) prometheus.collectDefaultMetrics({ register: this.#registry })
    this.#dropped = new prometheus.Counter({
      name: 'crossfade_metric_series_dropped_total',
      help: 'Values that were not recorded because their metric has too many label combinations.',
      labelNames: ['metric'],
      registers: [this.#registry],
    })
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Everything, as a scrape gets it. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  counter<Label extends string>(definition: MetricDefinition<Label>): Counter<Label> {
    const counter = new prometheus.Counter<string>(this.#configuration(definition))
    const series = seriesOf(definition)
    return {
      inc: (labels, by = 1) => {
        if (this.#admits(series, labels, definition)) counter.inc(labels, by)
      },
      remove: removal(series, counter),
    }
  }

  gauge<Label extends string>(definition: MetricDefinition<Label>): Gauge<Label> {
    const gauge = new prometheus.Gauge<string>(this.#configuration(definition))
    const series = seriesOf(definition)
    return {
      set: (labels, value) => {
        if (this.#admits(series, labels, definition)) gauge.set(labels, value)
      },
      remove: removal(series, gauge),
    }
  }

  histogram<Label extends string>(definition: HistogramDefinition<Label>): Histogram<Label> {
    const buckets = [...definition.buckets]
    const histogram = new prometheus.Histogram<string>({ ...this.#configuration(definition), buckets })
    const series = seriesOf(definition)
    return {
      observe: (labels, value) => {
        if (this.#admits(series, labels, definition)) histogram.observe(labels, value)
      },
      remove: removal(series, histogram),
    }
  }

  observed<Label extends string>(definition: MetricDefinition<Label>, samples: () => Iterable<Sample<Label>>): void {
    const gauge: prometheus.Gauge<string> = new prometheus.Gauge<string>({
      ...this.#configuration(definition),
      collect: () => {
        gauge.reset()
        const series = seriesOf(definition)
        for (const { labels, value } of samples()) {
          if (this.#admits(series, labels, definition)) gauge.set(labels, value)
        }
      },
    })
  }

  #configuration<Label extends string>(definition: MetricDefinition<Label>) {
    const { name, help, labels } = definition
    return { name, help, labelNames: [...labels], registers: [this.#registry] }
  }

  #admits<Label extends string>(
    series: SeriesSet<Label>,
    labels: Labels<Label>,
    definition: MetricDefinition<Label>,
  ): boolean {
    if (series.admit(labels)) return true
    this.#dropped.inc({ metric: definition.name })
    return false
  }
}

const seriesOf = <Label extends string>(definition: MetricDefinition<Label>): SeriesSet<Label> =>
  new SeriesSet(definition.labels, definition.maxSeries ?? defaultMaxSeries)

const removal =
  <Label extends string>(series: SeriesSet<Label>, metric: { remove(labels: Record<string, string>): void }) =>
  (part: Partial<Labels<Label>>): void => {
    for (const labels of series.take(part)) metric.remove({ ...labels })
  }
