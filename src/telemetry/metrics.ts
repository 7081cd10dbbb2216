import * as prometheus from '@prometheus-io/client'
import { distributionLines, expositionType, familyHead, labelText, type MetricType, seriesLine } from './exposition.ts'
import { type Labels, SeriesMap } from './series.ts'

/** Name, meaning and labels of a metric. */
export interface MetricDefinition<Label extends string> {
  readonly name: string
  readonly help: string
  /** `namespace` and `name` first, where they are the object that a series is about. */
  readonly labels: readonly Label[]
  /** Label combinations that are kept; further ones are dropped and counted. Default 50,000. */
  readonly maxSeries?: number
}

/** A histogram's definition. */
export interface HistogramDefinition<Label extends string> extends MetricDefinition<Label> {
  /** Upper bounds in the metric's unit, rising. */
  readonly buckets: readonly number[]
}

/** Series that end when the object they are about is gone. */
interface RemovableSeries<Label extends string> {
  /** Removes every series that has these values of the first labels. */
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
   * scrapes, so nothing has to be removed or limited.
   */
  observed<Label extends string>(
    definition: Omit<MetricDefinition<Label>, 'maxSeries'>,
    samples: () => Iterable<Sample<Label>>,
  ): void
}

/** Settings of {@link PrometheusMetrics}. */
export interface PrometheusMetricsOptions {
  /** Also collect what Node knows: CPU, memory, garbage collection, event loop lag. */
  readonly runtime: boolean
  /** Leave out what the published controller does not have. Default false. */
  readonly publishedOnly?: boolean
}

interface Distribution {
  readonly counts: number[]
  sum: number
}

/** How the names of metrics begin that the published controller does not have. */
export const ownPrefix = 'crossfade_'

/** Five thousand Rollouts with ten kinds of events each. */
const defaultMaxSeries = 50_000

/**
 * Metrics in Prometheus' text format. The series are kept here and not by the library, which takes several times the memory
 * for each; what it knows of Node is its own.
 */
export class PrometheusMetrics implements Metrics {
  readonly #runtime: prometheus.Registry | undefined
  readonly #publishedOnly: boolean
  /** The text of each metric, computed when it is read; in the order of their definition. */
  readonly #families = new Map<string, () => string>()
  readonly #dropped: Counter<'metric'>

  constructor({ runtime, publishedOnly = false }: PrometheusMetricsOptions) {
    this.#publishedOnly = publishedOnly
    if (runtime) {
      this.#runtime = new prometheus.Registry()
      prometheus.collectDefaultMetrics({ register: this.#runtime })
    }
    this.#dropped = this.counter({
      name: 'crossfade_metric_series_dropped_total',
      help: 'Values that were not recorded because their metric has too many label combinations.',
      labels: ['metric'],
    })
  }

  /** Media type of the text. */
  get contentType(): string {
    return expositionType
  }

  /** Everything, metric by metric: whoever writes it out can do something else in between. */
  async *chunks(): AsyncGenerator<string> {
    for (const text of this.#families.values()) yield text()
    if (this.#runtime !== undefined) yield await this.#runtime.metrics()
  }

  /** Everything, as a scrape gets it. */
  async text(): Promise<string> {
    let text = ''
    for await (const chunk of this.chunks()) text += chunk
    return text
  }

  counter<Label extends string>(definition: MetricDefinition<Label>): Counter<Label> {
    const series = this.#numbers(definition, 'counter')
    return {
      inc: (labels, by = 1) => this.#set(definition, series, labels, (series.get(labels) ?? 0) + by),
      remove: (part) => series.remove(part),
    }
  }

  gauge<Label extends string>(definition: MetricDefinition<Label>): Gauge<Label> {
    const series = this.#numbers(definition, 'gauge')
    return {
      set: (labels, value) => this.#set(definition, series, labels, value),
      remove: (part) => series.remove(part),
    }
  }

  histogram<Label extends string>(definition: HistogramDefinition<Label>): Histogram<Label> {
    const { name, labels: names, buckets } = definition
    const series = seriesOf<Label, Distribution>(definition)
    this.#define(definition, 'histogram', function* () {
      for (const [labels, value] of series.entries())
        yield distributionLines(name, labelText(names, labels), buckets, value)
    })
    const distributionOf = (labels: Labels<Label>): Distribution => {
      const known = series.get(labels)
      if (known !== undefined) return known
      const fresh = { counts: Array<number>(buckets.length + 1).fill(0), sum: 0 }
      this.#set(definition, series, labels, fresh)
      return fresh
    }
    return {
      observe: (labels, value) => {
        const distribution = distributionOf(labels)
        const bucket = buckets.findIndex((bound) => value <= bound)
        const index = bucket === -1 ? buckets.length : bucket
        distribution.counts[index] = (distribution.counts[index] ?? 0) + 1
        distribution.sum += value
      },
      remove: (part) => series.remove(part),
    }
  }

  observed<Label extends string>(definition: MetricDefinition<Label>, samples: () => Iterable<Sample<Label>>): void {
    const { name, labels: names } = definition
    this.#define(definition, 'gauge', function* () {
      for (const { labels, value } of samples()) yield seriesLine(name, labelText(names, labels), value)
    })
  }

  #numbers<Label extends string>(definition: MetricDefinition<Label>, type: MetricType): SeriesMap<Label, number> {
    const { name, labels: names } = definition
    const series = seriesOf<Label, number>(definition)
    this.#define(definition, type, function* () {
      for (const [labels, value] of series.entries()) yield seriesLine(name, labelText(names, labels), value)
    })
    return series
  }

  #define({ name, help }: MetricDefinition<string>, type: MetricType, lines: () => Iterable<string>): void {
    if (this.#families.has(name)) throw new Error(`defining the metric ${name}: it has already been registered`)
    const head = familyHead(name, help, type)
    const hidden = this.#publishedOnly && name.startsWith(ownPrefix)
    this.#families.set(name, hidden ? () => '' : () => head + [...lines()].join(''))
  }

  #set<Label extends string, Value>(
    definition: MetricDefinition<Label>,
    series: SeriesMap<Label, Value>,
    labels: Labels<Label>,
    value: Value,
  ): void {
    if (!series.set(labels, value)) this.#dropped.inc({ metric: definition.name })
  }
}

const seriesOf = <Label extends string, Value>(definition: MetricDefinition<Label>): SeriesMap<Label, Value> =>
  new SeriesMap(definition.labels, definition.maxSeries ?? defaultMaxSeries)
