import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { RouteRule } from '../api/kubernetes/gateway-route.ts'
import { managedRoutePartsAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../lib/json-value.ts'

const partsSchema = z.object({
  rules: z.array(z.string()).optional(),
  backends: z.array(z.string()).optional(),
  copied: z.array(z.string()).optional(),
  cookie: z.string().optional(),
})

/**
 * What a release has added to a route: rules by their {@link fingerprint}, backends of experiments by their Service, copies
 * for the canary by the fingerprint of the rule that got them, and the name of the cookie that keeps users with the canary.
 */
export type ManagedParts = DeepReadonly<z.infer<typeof partsSchema>>

/** An object that may carry the record. */
type Recorded = { readonly metadata: object }

const recordSchema = z.record(z.string(), partsSchema)

type Owner = DeepReadonly<Pick<Rollout, 'metadata'>>

const keyOf = ({ metadata }: Owner): string => `${metadata.namespace ?? ''}/${metadata.name}`

const recordOf = (object: Recorded): Readonly<Record<string, ManagedParts>> => {
  const text = stringOr(objectOr(objectOr(object.metadata).annotations)[managedRoutePartsAnnotation])
  if (text === undefined) return {}
  try {
    const record = recordSchema.safeParse(JSON.parse(text))
    return record.success ? record.data : {}
  } catch {
    // Somebody wrote over it: rules that carry their name are found all the same.
    return {}
  }
}

/** In one order, so that two Rollouts, and the API server, write the same text for the same thing. */
const withSortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, withSortedKeys(value[key])]),
  )
}

/** A short text that is the same for equal JSON values, and for no two others. */
export const fingerprintOf = (essence: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(withSortedKeys(essence)))
    .digest('hex')
    .slice(0, 12)

/** Tells a rule from others by what it matches and where to, weights aside. Older versions of the API drop its name. */
export const fingerprint = ({ matches, backendRefs = [], filters = [] }: DeepReadonly<RouteRule>): string => {
  const essence = { matches, backends: backendRefs.map(({ name }) => name), filters: filters.map(({ type }) => type) }
  return fingerprintOf(essence)
}

/** What a Rollout has added to a route or another object, by its own annotation. */
export const managedPartsOf = (object: Recorded, rollout: Owner): ManagedParts => recordOf(object)[keyOf(rollout)] ?? {}

/** The annotation that says what a Rollout has added besides what others have; `undefined` when that is nothing. */
export const recordWith = (
  object: Recorded,
  rollout: DeepReadonly<Rollout>,
  { rules = [], backends = [], copied = [], cookie }: ManagedParts,
): string | undefined => {
  const { [keyOf(rollout)]: _, ...others } = recordOf(object)
  const own = {
    ...(rules.length > 0 && { rules }),
    ...(backends.length > 0 && { backends }),
    ...(copied.length > 0 && { copied }),
    ...(cookie !== undefined && { cookie }),
  }
  const record = Object.keys(own).length === 0 ? others : { ...others, [keyOf(rollout)]: own }
  return Object.keys(record).length === 0 ? undefined : JSON.stringify(withSortedKeys(record))
}
