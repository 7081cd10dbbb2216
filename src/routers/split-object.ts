import { type FieldError, invalid, required } from '../api/field-error.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { managedRoutePartsAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import type { Resource } from '../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { type ManagedParts, managedPartsOf, recordWith } from './managed-parts.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from './router.ts'

/** An object of somebody else's in which a release sets weights. */
interface SplitObject {
  readonly metadata: ObjectMeta
  readonly spec: object
}

/** One object that a spec names. */
export interface NamedObject {
  readonly name: string
  /** Where the spec names it, for errors. */
  readonly field: string
}

/** What a release wants of an object: members of its spec as a whole, and what of them it has added. */
export interface DesiredParts<Object extends SplitObject> {
  readonly spec: DeepReadonly<Partial<Object['spec']>>
  readonly parts: ManagedParts
}

/** What a decision about one object may look at. */
export interface SplitContext<Spec, Object extends SplitObject> {
  readonly object: DeepReadonly<Object>
  readonly named: NamedObject
  readonly spec: Spec
  readonly rollout: DeepReadonly<Rollout>
  /** Another object of the kind in the namespace of the Rollout. */
  find(name: string): DeepReadonly<Object> | undefined
}

/** A product whose users keep the routing object, of which a release changes the weights. */
export interface SplitObjectRouter<Spec, Object extends SplitObject> extends Pick<Router<Spec>, 'name' | 'abilities'> {
  readonly resource: Resource
  named(spec: Spec): readonly NamedObject[]
  /** Where the spec names its objects, where it may name none by mistake. */
  readonly field?: string
  desired(intent: TrafficIntent, context: SplitContext<Spec, Object>, added: ManagedParts): DesiredParts<Object>
  /** Faults of an object that is there. */
  faults(context: SplitContext<Spec, Object>): readonly FieldError[]
  /** Faults of the spec alone. */
  specFaults?(spec: Spec, rollout: DeepReadonly<Rollout>): readonly FieldError[]
  /** Whether the product has taken over an object that is as desired. Default: nobody knows. */
  verified?(object: DeepReadonly<Object>): Verification
}

const whyOf = (intent: TrafficIntent): string => {
  const { canary, additional, headerRoutes, mirrorRoutes, maxWeight } = intent
  const weights = [canary, ...additional].map((one) => `${one.weight} of ${maxWeight} to ${one.serviceName}`)
  const routes = [...headerRoutes, ...mirrorRoutes].map(({ name }) => name)
  return [...weights, ...(routes.length > 0 ? [`with the routes ${routes.join(', ')}`] : [])].join(', ')
}

/** The JSON merge patch that brings an object to what is desired; `undefined` when it is there. */
const patchOf = <Object extends SplitObject>(
  object: DeepReadonly<Object>,
  { spec, parts }: DesiredParts<Object>,
  rollout: DeepReadonly<Rollout>,
): JsonObject | undefined => {
  const { metadata } = object as DeepReadonly<SplitObject>
  const live = object.spec as Readonly<Record<string, unknown>>
  const changed = Object.entries(spec).filter(([key, value]) => !equalJson(value, live[key]))
  const record = recordWith({ metadata }, rollout, parts)
  const isRecorded = record === metadata.annotations?.[managedRoutePartsAnnotation]
  if (changed.length === 0 && isRecorded) return undefined
  const patch = {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      ...(!isRecorded && { annotations: { [managedRoutePartsAnnotation]: record ?? null } }),
    },
    ...(changed.length > 0 && { spec: Object.fromEntries(changed) }),
  }
  return patch as unknown as JsonObject
}

const together = (results: readonly Verification[]): Verification =>
  results.find(({ state }) => state === 'pending') ??
  results.find(({ state }) => state === 'verified') ?? { state: 'not-verifiable' }

const missingNames = <Spec, Object extends SplitObject>(
  { field, named, resource }: SplitObjectRouter<Spec, Object>,
  spec: Spec,
): readonly FieldError[] =>
  field !== undefined && named(spec).length === 0 ? [required(field, `name at least one ${resource.kind}`)] : []

/**
 * Makes a router of a product whose users keep the routing object: it is read, the members that a release changes are
 * patched, and what the release has added to it is recorded in its own annotation, so that it can be taken away again.
 */
export const splitObjectRouter = <Spec, Object extends SplitObject>(
  product: SplitObjectRouter<Spec, Object>,
): Router<Spec> => {
  const { resource } = product
  const refOf = (name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
    resource,
    namespace: resource.namespaced ? (metadata.namespace ?? '') : '',
    name,
  })
  // The API server holds the objects to the product's own schema, of which our types are a part.
  const objectIn = (name: string, rollout: DeepReadonly<Rollout>, known: KnownObjects) =>
    known.get(refOf(name, rollout)) as unknown as DeepReadonly<Object> | undefined

  const contexts = (spec: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects) =>
    product.named(spec).map((named) => {
      const find = (name: string) => objectIn(name, rollout, known)
      const object = find(named.name)
      return { named, context: object && { object, named, spec, rollout, find } }
    })

  const patchFor = (intent: TrafficIntent, context: SplitContext<Spec, Object>): JsonObject | undefined => {
    const { object, rollout } = context
    const added = managedPartsOf(object as DeepReadonly<SplitObject>, rollout)
    return patchOf(object, product.desired(intent, context, added), rollout)
  }

  return {
    name: product.name,
    abilities: product.abilities,
    resources: [resource],
    refs: (spec, rollout) => product.named(spec).map(({ name }) => refOf(name, rollout)),
    validate: (spec, rollout, known) => [
      ...missingNames(product, spec),
      ...(product.specFaults?.(spec, rollout) ?? []),
      ...contexts(spec, rollout, known).flatMap(({ named: { name, field }, context }) =>
        context === undefined
          ? [invalid(field, name, `${resource.kind} "${name}" not found`)]
          : product.faults(context),
      ),
    ],
    desire: (intent, spec, rollout, known) =>
      contexts(spec, rollout, known).flatMap(({ named, context }): readonly ObjectWrite[] => {
        const patch = context && patchFor(intent, context)
        return patch === undefined
          ? []
          : [{ type: 'patch', ref: refOf(named.name, rollout), patch, why: whyOf(intent) }]
      }),
    verify: (intent, spec, rollout, known) =>
      together(
        contexts(spec, rollout, known).map(({ named, context }): Verification => {
          const what = `${resource.kind} ${named.name}`
          if (context === undefined) return { state: 'pending', why: `${what} is not there` }
          return patchFor(intent, context) === undefined
            ? (product.verified?.(context.object) ?? { state: 'not-verifiable' })
            : { state: 'pending', why: `${what} does not have the weights yet` }
        }),
      ),
  }
}
