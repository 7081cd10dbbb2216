import type { ExperimentStatus } from '../api/experiment.ts'
import type { EffectOutcome } from '../kube/apply-in-order.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'

/** What every effect has. */
interface EffectBase {
  /** Names the written object within a plan, such as `replicaset/ab-canary`; events refer to it. */
  readonly key: string
  /** The reason in a few words: for logs. */
  readonly why: string
}

/** One write that a plan asks for. Applying it twice is the same as once. */
export type ExperimentEffect =
  | (EffectBase & { readonly type: 'createReplicaSet'; readonly template: string; readonly object: JsonObject })
  | (EffectBase & {
      readonly type: 'updateReplicaSet'
      readonly template: string
      readonly name: string
      readonly patch: JsonObject
      /** The size that it gets; absent when only metadata changes. */
      readonly size?: { readonly from: number; readonly to: number }
    })
  | (EffectBase & { readonly type: 'createService'; readonly template: string; readonly object: JsonObject })
  | (EffectBase & {
      readonly type: 'deleteService'
      readonly template: string
      readonly name: string
      readonly uid: string
    })
  | (EffectBase & { readonly type: 'createAnalysisRun'; readonly analysis: string; readonly object: JsonObject })
  | (EffectBase & { readonly type: 'terminateAnalysisRun'; readonly name: string })
  /** Asks the API server for a run that the cache does not have: it may only be behind. */
  | (EffectBase & { readonly type: 'findAnalysisRun'; readonly analysis: string; readonly name: string })

/** How one effect ended. After a failure the remaining ones are skipped. */
export type ExperimentOutcome = EffectOutcome<ExperimentEffect>

/** An event of a plan. */
export interface Announcement {
  readonly event: KubeEvent
  /** Key of the effect without which it would not be true; absent when it is about the status. */
  readonly needs?: string
  /** Whether the Rollout that the Experiment is a step of is told too. */
  readonly mirrored?: boolean
}

/** What is to be done now, and what is true afterwards. */
export interface ExperimentPlan {
  /** In order; the first failure ends the pass. */
  readonly effects: readonly ExperimentEffect[]
  readonly announcements: readonly Announcement[]
  /** The status once every effect is done. */
  readonly status: DeepReadonly<ExperimentStatus>
  /** The status if one of them is not: it names nothing that may not be there. */
  readonly observed: DeepReadonly<ExperimentStatus>
  /** When to look again even if nothing changes, in milliseconds since the epoch. */
  readonly wakeAt: number | undefined
}
