import type { AnalysisRun, Measurement } from '../api/analysis-run.ts'
import type { Metric, MetricProvider } from '../api/metric.ts'
import type { Net } from '../kube/net.ts'
import type { Clock } from '../lib/clock.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { JobAccess } from './job/job-access.ts'
import { NoDataError } from './provider-error.ts'
import type { SecretAccess } from './secret-access.ts'
import type { Surroundings } from './surroundings.ts'

/** What a provider is told by the operator rather than by a metric. */
export interface ProviderConfig {
  /** Prometheus server for metrics without an address. */
  readonly prometheusAddress?: string | undefined
  /** Namespace in which Jobs of metrics are created; that of the run otherwise. */
  readonly jobNamespace?: string | undefined
  /** Whether Jobs of metrics run in another cluster than their run, where nothing can own them. */
  readonly jobsElsewhere?: boolean | undefined
  /** Namespace of the controller, where the Secrets of metric systems are. Default: as of a plain installation. */
  readonly ownNamespace?: string | undefined
}

/** Everything a provider may use. It reaches nothing else, so that tests and the sandbox decide what it sees. */
export interface MeasureContext {
  readonly net: Net
  readonly clock: Clock
  readonly jobs: JobAccess
  readonly config: ProviderConfig
  readonly surroundings: Surroundings
  readonly secrets: SecretAccess
  readonly plugins: Pick<PluginCaller, 'call'>
  readonly run: DeepReadonly<AnalysisRun>
  /** The metric with its arguments in place, secrets included: nothing of it may be shown that was not redacted. */
  readonly metric: DeepReadonly<Metric>
  /** Which try this is, from 1: measurements and errors so far, and this one. The same after a restart. */
  readonly ordinal: number
  /** Aborts when nobody waits for the measurement any more. */
  readonly signal: AbortSignal
}

/** What a provider found. Instants of beginning and end are added by the caller. `Running` with `resumeAt` means: ask me again. */
export type Outcome = Pick<Measurement, 'value' | 'message' | 'metadata' | 'resumeAt'> & {
  readonly phase: 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive'
  /** Notes about the metric itself that are known only from the answer, for its result. */
  readonly metricMetadata?: Record<string, string>
  /** Notes about the verdict, besides those of the provider in `metadata`. */
  readonly notes?: Record<string, string>
  /** Set where the metric system answered and had no value at all. */
  readonly noData?: true
}

/**
 * Takes measurements of one kind. A bad answer is an `Error` outcome with the reason; what is thrown becomes one.
 * `start` may be called again for a measurement whose outcome was lost with the process, and must then find what it started before.
 */
export interface Provider<Spec> {
  /** Its key under `provider`. */
  readonly name: keyof MetricProvider
  /** Its name in the controller's metrics. */
  readonly typeName: string
  /** Its part of a metric; undefined when the metric has another provider. */
  specOf(provider: DeepReadonly<MetricProvider>): DeepReadonly<Spec> | undefined
  start(spec: DeepReadonly<Spec>, context: MeasureContext): Promise<Outcome>
  /** Asks again for a measurement that is under way. */
  resume?(spec: DeepReadonly<Spec>, measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome>
  /** Stops a measurement that is under way. */
  terminate?(
    spec: DeepReadonly<Spec>,
    measurement: DeepReadonly<Measurement>,
    context: MeasureContext,
  ): Promise<Outcome>
  /** Removes what measurements beyond the newest `limit` left behind. */
  collectGarbage?(spec: DeepReadonly<Spec>, limit: number, context: MeasureContext): Promise<void>
  /** Whether the caches show that a waiting measurement has ended, so that it need not wait for its `resumeAt`. */
  isReady?(measurement: DeepReadonly<Measurement>, jobs: JobAccess): boolean
  /**
   * Keys of a measurement's metadata by which it is found again: names that are made of no secret, so they stay as they are even
   * where a short secret happens to be a part of them.
   */
  readonly handles?: readonly string[]
  /** Notes about the metric itself, for its result. */
  metadataOf?(spec: DeepReadonly<Spec>): Record<string, string>
}

/** An outcome without a usable answer. */
export const errorOutcome = (error: unknown, metadata?: Record<string, string>): Outcome => ({
  phase: 'Error',
  message: error instanceof Error ? error.message : String(error),
  ...(error instanceof NoDataError && { noData: true as const }),
  ...(metadata && { metadata }),
})
