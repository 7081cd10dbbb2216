import type { FieldError } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import type { AlbStatus } from '../api/rollout-status.ts'
import type { NamedMatch, SetHeaderRoute, SetMirrorRoute } from '../api/steps.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Net } from '../kube/net.ts'
import type { Resource } from '../kube/resource.ts'
import type { AskAws } from '../lib/aws-question.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import { abilityErrors } from './router-abilities.ts'
import type { SessionCookie } from './session-cookie.ts'

/** One backend of the split and its share, out of {@link TrafficIntent.maxWeight}. */
export interface Destination {
  readonly serviceName: string
  readonly podTemplateHash: string
  readonly weight: number
}

/**
 * Requests with these headers, and the cookie and query parameters where there are any, go to the canary, whatever its
 * weight: with all of them, or, with Istio, with one of the headers and all of the rest.
 */
export interface HeaderRoute {
  /** Its name, one of {@link TrafficIntent.managedRoutes}. */
  readonly name: string
  readonly match: DeepReadonly<NonNullable<SetHeaderRoute['match']>>
  readonly cookie?: DeepReadonly<NamedMatch>
  readonly queryParams?: readonly DeepReadonly<NamedMatch>[]
}

/** A copy of the matching requests goes to the canary, and its answers are dropped. One of the matches is enough. */
export interface MirrorRoute {
  /** Its name, one of {@link TrafficIntent.managedRoutes}. */
  readonly name: string
  readonly match: DeepReadonly<NonNullable<SetMirrorRoute['match']>>
  /** Share of the matching requests that is copied, in percent. */
  readonly percentage: number
}

/**
 * What traffic should do, in no router's words. The weights of `canary`, `stable` and `additional` add up to `maxWeight`.
 * The routes are those that are to be there now, the first with the highest priority; a router removes every other one
 * that `managedRoutes` names, and touches no route that nobody gave to the Rollout.
 */
export interface TrafficIntent {
  readonly canary: Destination
  readonly stable: Destination
  /** Versions of an experiment that get a share of their own; usually none. */
  readonly additional: readonly Destination[]
  readonly maxWeight: number
  readonly headerRoutes: readonly HeaderRoute[]
  readonly mirrorRoutes: readonly MirrorRoute[]
  /** Keeps users with the canary now; without it nobody is kept, and a router removes what an earlier one needed. */
  readonly sessionCookie?: SessionCookie
  /** Names of all routes that steps of the Rollout may make, in their order of priority. */
  readonly managedRoutes: readonly string[]
}

/**
 * What a router can do beyond splitting 100 per cent between two Services with fixed roles. A spec that asks for more is
 * an error of the spec (`router-abilities.ts`).
 */
export type RouterAbility =
  /** Routes of setHeaderRoute steps. */
  | 'header-routes'
  /** Header routes that look at a cookie. */
  | 'cookie-routes'
  /** Header routes that look at query parameters. */
  | 'query-routes'
  /** A cookie that keeps users with the canary. */
  | 'session-affinity'
  /** Routes of setMirrorRoute steps. */
  | 'mirror-routes'
  /** Weights of experiments. */
  | 'additional-destinations'
  /** Two Services that change roles with each release: its names come from the intent, never from the spec. */
  | 'ping-pong'
  /** A maxTrafficWeight other than 100. */
  | 'weights-beyond-100'

/** Points at one object that a router reads or writes. */
export interface ObjectRef {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
}

/** The objects that the caches hold of the resources that a router names. */
export interface KnownObjects {
  get(ref: ObjectRef): DeepReadonly<StoredObject> | undefined
  list(resource: Resource, namespace: string): readonly DeepReadonly<StoredObject>[]
}

/** A write that a router wants. A write that would change nothing is not in the list. */
export type ObjectWrite =
  | { readonly type: 'create'; readonly ref: ObjectRef; readonly object: JsonObject; readonly why: string }
  | {
      readonly type: 'patch'
      readonly ref: ObjectRef
      /** JSON merge patch; carries metadata.resourceVersion whenever it replaces a list. */
      readonly patch: JsonObject
      /** Paths of members that the API server must not drop, as one does that has an older definition of the kind. */
      readonly needs?: readonly (readonly (string | number)[])[]
      readonly why: string
    }
  | { readonly type: 'delete'; readonly ref: ObjectRef; readonly uid: string; readonly why: string }

/** Whether the routing in force is the intended one, as far as the router's objects can tell. */
export type Verification = (
  | { readonly state: 'verified' }
  | {
      readonly state: 'pending'
      readonly why: string
      /** Host name of a load balancer that the cloud does not know. */
      readonly unknownHost?: string
    }
  | { readonly state: 'not-verifiable' }
) & {
  /** The load balancers of AWS that were looked at, for the status. */
  readonly albs?: DeepReadonly<AlbStatus[]>
}

/** What a router may use to ask a foreign API. */
export interface RouterInquiry {
  readonly plugins: Pick<PluginCaller, 'call' | 'describe'>
  readonly net: Net
  /** Asks APIs of AWS. */
  readonly aws: AskAws
  /** What the caches hold now of the objects that the router names. */
  readonly known: KnownObjects
  /** Reads objects that no cache holds, since they are looked at for questions only. */
  readonly list: (
    resource: Resource,
    from: { readonly namespace: string; readonly labelSelector?: string },
  ) => Promise<readonly DeepReadonly<StoredObject>[]>
  /** What was answered about the same intent before. */
  readonly last: Verification | undefined
  /** Aborts when nobody waits any more, and when the time is over. */
  readonly signal: AbortSignal
}

/**
 * Turns a traffic intent into the routing objects it needs. Pure: the engine reads, diffs, writes and polls.
 * A router is one folder here and one line in `registry.ts`.
 */
export interface Router<Spec> {
  /** Its key under `spec.strategy.canary.trafficRouting`, which is also what errors and `traffic_router` labels say. */
  readonly name: string
  /** What it can do beyond weights. */
  readonly abilities: readonly RouterAbility[]
  /** Kinds that it may read or write. */
  readonly resources: readonly Resource[]
  /** Those of them that a spec names: their caches must be filled before the other functions are asked. Default: all. */
  needs?(spec: Spec): readonly Resource[]
  /**
   * Kinds of the whole cluster that it looks at besides, where the controller can: without them it goes by the rest. They
   * are known to `validate` only, and each change of them concerns the Rollout.
   */
  consults?(spec: Spec, rollout: DeepReadonly<Rollout>): readonly Resource[]
  /** Objects whose change concerns the Rollout. Asked again with each pass, so a reference may depend on what is known. */
  refs(spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectRef[]
  /** Faults of the spec in the light of the referenced objects, each with the field that names the object. */
  validate(spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly FieldError[]
  /** Writes that bring the objects to the intent, in order; foreign fields stay as they are. */
  desire(intent: TrafficIntent, spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectWrite[]
  /** Whether the objects show that the data plane has the intent. */
  verify(intent: TrafficIntent, spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): Verification
  /**
   * Writes that give the objects back, for a router that the Rollout no longer names: what the router created is deleted,
   * what it changed has the intent, which sends everything to stable. By default the writes of `desire`.
   */
  leave?(intent: TrafficIntent, spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectWrite[]
  /**
   * Writes that take the marks of a Rollout that is gone from objects that stay, where whatever serves in its place would not
   * be found with them. By default none: routes stay as they are.
   */
  free?(spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectWrite[]
  /**
   * For a router whose objects do not tell whether an intent is in force, or that has none: tells a foreign API, and asks it.
   * It is called beside the loop, once the objects are as desired, again and again; the last answer counts instead of that
   * of `verify`. Idempotent. What it throws is shown, and tried again.
   */
  observe?(
    intent: TrafficIntent,
    spec: Spec,
    rollout: DeepReadonly<Rollout>,
    inquiry: RouterInquiry,
  ): Promise<Verification>
  /** Name of the plugin that it is. */
  readonly plugin?: string
}

/** A router with the part of one Rollout's spec that it serves. */
export interface BoundRouter {
  readonly name: string
  readonly abilities: readonly RouterAbility[]
  /** Kinds whose caches must be filled before the other functions are asked. */
  readonly resources: readonly Resource[]
  /** Kinds that it also looks at, where the controller can; see {@link Router.consults}. */
  readonly consults: readonly Resource[]
  refs(known: KnownObjects): readonly ObjectRef[]
  validate(known: KnownObjects): readonly FieldError[]
  desire(intent: TrafficIntent, known: KnownObjects): readonly ObjectWrite[]
  verify(intent: TrafficIntent, known: KnownObjects): Verification
  leave(intent: TrafficIntent, known: KnownObjects): readonly ObjectWrite[]
  /** What is to be written when the Rollout is gone; see {@link Router.free}. */
  free?(known: KnownObjects): readonly ObjectWrite[]
  /** Whether the data plane has what {@link leave} wrote. */
  verifyLeft(intent: TrafficIntent, known: KnownObjects): Verification
  /** Tells and asks a foreign API, where that says what is in force; see {@link Router.observe}. */
  readonly observe?: (intent: TrafficIntent, inquiry: RouterInquiry) => Promise<Verification>
  /** All that an observation depends on besides the intent. */
  readonly subject?: string
  /** Name of the plugin that it is. */
  readonly plugin?: string
}

const observation = <Spec>(
  { observe, plugin }: Router<Spec>,
  spec: Spec,
  rollout: DeepReadonly<Rollout>,
): Pick<BoundRouter, 'observe' | 'subject' | 'plugin'> =>
  observe === undefined
    ? {}
    : {
        observe: (intent, inquiry) => observe(intent, spec, rollout, inquiry),
        subject: JSON.stringify(spec),
        ...(plugin !== undefined && { plugin }),
      }

/** Binds a router to one Rollout. */
export const bindRouter = <Spec>(router: Router<Spec>, spec: Spec, rollout: DeepReadonly<Rollout>): BoundRouter => ({
  name: router.name,
  abilities: router.abilities,
  resources: router.needs?.(spec) ?? router.resources,
  consults: router.consults?.(spec, rollout) ?? [],
  refs: (known) => router.refs(spec, rollout, known),
  validate: (known) => [...abilityErrors(router, rollout), ...router.validate(spec, rollout, known)],
  desire: (intent, known) => router.desire(intent, spec, rollout, known),
  verify: (intent, known) => router.verify(intent, spec, rollout, known),
  leave: (intent, known) => (router.leave ?? router.desire)(intent, spec, rollout, known),
  free: (known) => router.free?.(spec, rollout, known) ?? [],
  // Where leaving is something else than desiring, the intent is not what is there afterwards.
  verifyLeft: (intent, known) =>
    router.leave === undefined ? router.verify(intent, spec, rollout, known) : { state: 'not-verifiable' },
  ...observation(router, spec, rollout),
})
