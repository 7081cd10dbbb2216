import type { EffectOutcome } from '../kube/apply-in-order.ts'
import type { JsonObject } from '../lib/json.ts'
import type { WriteEvents } from '../routers/published-events.ts'
import type { ObjectWrite, TrafficIntent } from '../routers/router.ts'
import type { Drift } from './drift.ts'
import type { StepCall } from './step-call.ts'

/** What every effect has. */
interface EffectBase {
  /** Names the written object within a plan, such as `replicaset/web-5d6f`; events refer to it. */
  readonly key: string
  /** The reason in a few words: for logs, traces and simulations. */
  readonly why: string
}

/** A pod that is to be evicted, unless another one has its name by then. */
export interface EvictedPod {
  readonly name: string
  readonly uid: string
  readonly isReady: boolean
}

/**
 * One write that a plan asks for. Applying it twice is the same as once, so that a pass that was cut off is repaired by
 * the next one.
 */
export type Effect =
  | (EffectBase & { readonly type: 'createReplicaSet'; readonly object: JsonObject })
  | (EffectBase & { readonly type: 'scaleWorkload'; readonly name: string; readonly patch: JsonObject })
  | (EffectBase & { readonly type: 'updateRollout'; readonly patch: JsonObject })
  | (EffectBase & {
      readonly type: 'updateReplicaSet'
      readonly name: string
      readonly patch: JsonObject
    })
  | (EffectBase & {
      readonly type: 'relabelPods'
      readonly replicaSet: string
      /** Labels that select the pods. */
      readonly selector: Readonly<Record<string, string>>
      /** JSON merge patch for `metadata` of each pod. */
      readonly metadata: JsonObject
    })
  | (EffectBase & {
      readonly type: 'evictPods'
      /** Pods in their order, those of one ReplicaSet together. */
      readonly groups: readonly (readonly EvictedPod[])[]
      /** How many ready pods may go; the others serve nobody, so they are not counted. */
      readonly atMost: number
    })
  | (EffectBase & { readonly type: 'selectPods'; readonly service: string; readonly patch: JsonObject })
  | (EffectBase & {
      readonly type: 'routeTraffic'
      readonly router: string
      readonly write: ObjectWrite
      /** What the objects of all routers are to say; absent where a router is given back. See `routing-memory.ts`. */
      readonly routing?: string
      /** What it puts back, where that was right before. */
      readonly drift?: Drift
      readonly events?: WriteEvents
    })
  | (EffectBase & { readonly type: 'createAnalysisRun'; readonly object: JsonObject })
  | (EffectBase & { readonly type: 'terminateAnalysisRun'; readonly name: string })
  | (EffectBase & { readonly type: 'deleteAnalysisRun'; readonly name: string; readonly uid: string })
  | (EffectBase & { readonly type: 'createExperiment'; readonly object: JsonObject })
  | (EffectBase & { readonly type: 'terminateExperiment'; readonly name: string })
  | (EffectBase & { readonly type: 'deleteExperiment'; readonly name: string; readonly uid: string })
  /** Begins to ask; the reply is part of a later snapshot. */
  | (EffectBase & {
      readonly type: 'askRouter'
      /** Its name. */
      readonly router: string
      readonly intent: TrafficIntent
      /** Tells questions apart. */
      readonly id: string
    })
  /** The same for a step. */
  | (EffectBase & { readonly type: 'askStepPlugin'; readonly call: StepCall })
  | (EffectBase & { readonly type: 'deleteReplicaSet'; readonly name: string; readonly uid: string })

/** How one effect ended. After a failure the remaining ones are skipped. */
export type Outcome = EffectOutcome<Effect>
