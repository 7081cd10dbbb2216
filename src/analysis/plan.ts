import type { AnalysisRun, AnalysisRunStatus } from '../api/analysis-run.ts'
import type { Metric } from '../api/metric.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Arrival } from './record.ts'
import type { Task } from './schedule.ts'

/** Everything that a decision on an AnalysisRun looks at. */
export interface RunSnapshot {
  readonly run: DeepReadonly<AnalysisRun>
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Metrics that are being measured beside the loop. A lasting measurement leaves something behind that must be stopped. */
  readonly inFlight: ReadonlyMap<string, { readonly lasting: boolean }>
  /** What came back since the last status that was written, by metric. */
  readonly arrivals: ReadonlyMap<string, Arrival>
  /** Metrics whose waiting measurement has ended, as the caches show. */
  readonly ready: ReadonlySet<string>
  /** Why a metric cannot be measured by this controller; undefined when it can. */
  readonly refuse: (metric: DeepReadonly<Metric>) => string | undefined
}

/** What is to be done, as data. `why` is for logs and simulations. */
export type RunEffect =
  /** Ask a provider, beside the loop. */
  | { readonly type: 'measure'; readonly task: Task; readonly why: string }
  /** Drop what is being measured: nobody waits for it any more. */
  | { readonly type: 'abandon'; readonly what: 'everything' | 'passing'; readonly why: string }
  /** Let a provider remove what old measurements left behind. */
  | { readonly type: 'collectGarbage'; readonly metric: string; readonly limit: number; readonly why: string }
  | { readonly type: 'deleteRun'; readonly why: string }

/** The outcome of a decision: effects in order, then events, then the status if it differs. */
export interface RunPlan {
  readonly effects: readonly RunEffect[]
  readonly status: DeepReadonly<AnalysisRunStatus> | undefined
  readonly events: readonly KubeEvent[]
  /** When to look again, in milliseconds since the epoch. */
  readonly wakeAt?: number | undefined
}
