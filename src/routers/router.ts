import type { FieldError } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Resource } from '../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'

/** One backend of the split and its share, out of {@link TrafficIntent.maxWeight}. */
export interface Destination {
  readonly role: 'canary' | 'stable'
  readonly serviceName: string
  readonly podTemplateHash: string
  readonly weight: number
}

/**
 * What traffic should do, in no router's words. Weights add up to `maxWeight`.
 * Header and mirror routes join when the first router that can serve them does.
 */
export interface TrafficIntent {
  readonly canary: Destination
  readonly stable: Destination
  readonly maxWeight: number
}

/** Points at one object that a router reads or writes. */
export interface ObjectRef {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
}

/** The objects that `refs` named and the caches hold; what is missing there is `undefined` here. */
export interface KnownObjects {
  get(ref: ObjectRef): DeepReadonly<StoredObject> | undefined
}

/** A write that a router wants. A write that would change nothing is not in the list. */
export type ObjectWrite =
  | { readonly type: 'create'; readonly ref: ObjectRef; readonly object: JsonObject; readonly why: string }
  | {
      readonly type: 'patch'
      readonly ref: ObjectRef
      /** JSON merge patch; carries metadata.resourceVersion whenever it replaces a list. */
      readonly patch: JsonObject
      readonly why: string
    }

/** Whether the routing in force is the intended one, as far as the router's objects can tell. */
export type Verification =
  | { readonly state: 'verified' }
  | { readonly state: 'pending'; readonly why: string }
  | { readonly state: 'not-verifiable' }

/**
 * Turns a traffic intent into the routing objects it needs. Pure: the engine reads, diffs, writes and polls.
 * A router is one folder here and one line in `registry.ts`.
 */
export interface Router<Spec> {
  /** Its key under `spec.strategy.canary.trafficRouting`, which is also what errors and `traffic_router` labels say. */
  readonly name: string
  /** What to watch. Asked again with what is known until nothing new is named, so a reference may be found in an object. */
  refs(spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectRef[]
  /** Faults of the spec in the light of the referenced objects, each with the field that names the object. */
  validate(spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly FieldError[]
  /** Writes that bring the objects to the intent, in order; foreign fields stay as they are. */
  desire(intent: TrafficIntent, spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectWrite[]
  /** Whether the objects show that the data plane has the intent. */
  verify(intent: TrafficIntent, spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): Verification
}
