import type { Measurement } from '../api/analysis-run.ts'
import type { MetricProvider } from '../api/metric.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { JobAccess } from './job/job-access.ts'
import { errorOutcome, type MeasureContext, type Outcome, type Provider } from './provider.ts'

/** A provider together with its part of one metric, so that callers need not know the type of that part. */
export interface BoundProvider {
  readonly typeName: string
  /** Whether it leaves something behind that must be known to be stopped, such as a Job: its calls are never cut off. */
  readonly lasting: boolean
  /** Keys of a measurement's metadata that are shown as they are; see {@link Provider.handles}. */
  readonly handles: readonly string[]
  /** Notes about the metric itself, secrets included as far as the metric has them. */
  readonly metadata: Record<string, string>
  /** Never rejects. */
  start(context: MeasureContext): Promise<Outcome>
  /** A provider that never waits cannot have been asked to; its measurement is taken anew. */
  resume(measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome>
  terminate(measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome>
  collectGarbage(limit: number, context: MeasureContext): Promise<void>
  isReady(measurement: DeepReadonly<Measurement>, jobs: JobAccess): boolean
}

/** A provider whose spec is known to nobody else. */
export interface RegisteredProvider extends Pick<Provider<never>, 'name' | 'typeName'> {
  /** Binds it to a metric that has it; undefined for a metric of another provider. */
  bind(provider: DeepReadonly<MetricProvider>): BoundProvider | undefined
}

const nothingToStop: Outcome = { phase: 'Inconclusive', message: 'The measurement was stopped before it ended' }

const settled = async (outcome: () => Promise<Outcome>): Promise<Outcome> => {
  try {
    return await outcome()
  } catch (error) {
    return errorOutcome(error)
  }
}

const bindTo =
  <Spec>(provider: Provider<Spec>): RegisteredProvider['bind'] =>
  (metricProvider) => {
    const spec = provider.specOf(metricProvider)
    if (spec === undefined) return undefined
    return {
      typeName: provider.typeName,
      lasting: provider.resume !== undefined,
      handles: provider.handles ?? [],
      metadata: provider.metadataOf?.(spec) ?? {},
      start: (context) => settled(() => provider.start(spec, context)),
      resume: (measurement, context) => provider.resume?.(spec, measurement, context) ?? provider.start(spec, context),
      terminate: async (measurement, context) => provider.terminate?.(spec, measurement, context) ?? nothingToStop,
      collectGarbage: async (limit, context) => provider.collectGarbage?.(spec, limit, context),
      isReady: (measurement, jobs) => provider.isReady?.(measurement, jobs) ?? false,
    }
  }

/** See {@link RegisteredProvider}. */
export const register = <Spec>(provider: Provider<Spec>): RegisteredProvider => ({
  name: provider.name,
  typeName: provider.typeName,
  bind: bindTo(provider),
})
