import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { managedAlbAnnotationsAnnotation } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { equalJson } from '../../lib/json-value.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { TrafficIntent } from '../router.ts'
import { headerAction, splitAction, stableAction } from './actions.ts'
import { routeConditions } from './conditions.ts'
import { withHeaderPaths } from './header-paths.ts'
import { changedRecord, managedKeysOf } from './managed-annotations.ts'
import { type AlbSpec, actionKey, conditionsKey, rootActionOf } from './spec.ts'

/** What a decision about an Ingress looks at. */
export interface IngressContext {
  readonly ingress: DeepReadonly<Ingress>
  readonly spec: AlbSpec
  readonly rollout: DeepReadonly<Rollout>
}

/** What a Rollout wants of an Ingress. */
interface Wanted {
  /** Values by the keys of annotations, as JSON. */
  readonly annotations: Readonly<Record<string, unknown>>
  /** Names of header routes in their order of priority. */
  readonly routes: readonly string[]
  /** Keys that the record of the Rollout names. */
  readonly recorded: readonly string[]
}

const wantedOf = (intent: TrafficIntent, spec: AlbSpec, rollout: DeepReadonly<Rollout>): Wanted => {
  const annotations: Record<string, unknown> = {
    [actionKey(spec, rootActionOf(spec, rollout))]: splitAction(intent, spec),
  }
  const routes = inManagedOrder(intent.headerRoutes, intent)
  for (const route of routes) {
    annotations[actionKey(spec, route.name)] = headerAction(intent, spec)
    annotations[conditionsKey(spec, route.name)] = routeConditions(route)
  }
  return { annotations, routes: routes.map(({ name }) => name), recorded: Object.keys(annotations) }
}

/** Without the Rollout: a path of the Ingress still names the action, so that stays, with everything to stable. */
const wantedAfterwards = (intent: TrafficIntent, spec: AlbSpec, rollout: DeepReadonly<Rollout>): Wanted => ({
  annotations: { [actionKey(spec, rootActionOf(spec, rollout))]: stableAction(intent, spec) },
  routes: [],
  recorded: [],
})

/** Names of routes that were made for this Rollout: only those have conditions. */
const recordedRoutes = (keys: readonly string[]): readonly string[] =>
  keys.flatMap((key) => /\/conditions\.(.+)$/.exec(key)?.[1] ?? [])

const isJson = (text: string | undefined, value: unknown): boolean => {
  if (text === undefined) return false
  try {
    return equalJson(JSON.parse(text), value)
  } catch {
    // Not JSON, so not what is wanted.
    return false
  }
}

const changedAnnotations = (
  { ingress, spec, rollout }: IngressContext,
  { annotations: wanted, recorded }: Wanted,
  formerRoutes: readonly string[],
): Record<string, string | null> => {
  const live = ingress.metadata.annotations ?? {}
  const changed: Record<string, string | null> = {}
  for (const [key, value] of Object.entries(wanted)) {
    if (!isJson(live[key], value)) changed[key] = JSON.stringify(value)
  }
  const former = formerRoutes.flatMap((route) => [actionKey(spec, route), conditionsKey(spec, route)])
  for (const key of former) if (live[key] !== undefined && wanted[key] === undefined) changed[key] = null
  const record = changedRecord(ingress, rollout, recorded)
  if (record !== undefined) changed[managedAlbAnnotationsAnnotation] = record
  return changed
}

const patchOf = (context: IngressContext, { managedRoutes }: TrafficIntent, wanted: Wanted): JsonObject | undefined => {
  const { ingress, spec, rollout } = context
  const known = [...new Set([...managedRoutes, ...recordedRoutes(managedKeysOf(ingress, rollout))])]
  const annotations = changedAnnotations(context, wanted, known)
  const live = ingress.spec.rules ?? []
  const rules = withHeaderPaths(live, rootActionOf(spec, rollout), { routes: wanted.routes, known })
  const isRuled = equalJson(rules, live)
  if (isRuled && Object.keys(annotations).length === 0) return undefined
  const patch = {
    metadata: {
      // The record of all Rollouts is one annotation, and rules are one list: both are replaced as a whole.
      resourceVersion: ingress.metadata.resourceVersion,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(!isRuled && { spec: { rules } }),
  }
  return patch as unknown as JsonObject
}

/** The JSON merge patch that brings an Ingress to an intent; `undefined` when it is there. */
export const patchFor = (intent: TrafficIntent, context: IngressContext): JsonObject | undefined =>
  patchOf(context, intent, wantedOf(intent, context.spec, context.rollout))

/** The patch that gives an Ingress back. */
export const leavingPatchFor = (intent: TrafficIntent, context: IngressContext): JsonObject | undefined =>
  patchOf(context, intent, wantedAfterwards(intent, context.spec, context.rollout))
