import type { Experiment } from '../api/experiment.ts'
import { samePodTemplate } from '../api/pod-template-equality.ts'
import { analysisRuns, deployments, experiments, pods, replicaSets, rollouts, services } from '../api/resources.ts'
import { applyInOrder } from '../kube/apply-in-order.ts'
import type { KubeClient } from '../kube/client.ts'
import { createOnce } from '../kube/create-once.ts'
import { isConflict, isNotFound, isRefusedByBudget } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Resource } from '../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { equalJson, listOr, objectOr } from '../lib/json-value.ts'
import { DroppedFieldError, memberAt } from './dropped-field.ts'
import type { Effect, EvictedPod, Outcome } from './effects.ts'
import type { AskEffect } from './inquiries.ts'
import { sameExperiment } from './working-experiments.ts'

/** What effects are applied with. */
export interface ApplyContext {
  readonly client: KubeClient
  readonly namespace: string | undefined
  /** Name and uid of the Rollout. */
  readonly rollout: { readonly name: string; readonly uid: string }
  readonly signal: AbortSignal
  /** Told of every object that was written, so that the next pass waits until the caches have it. */
  readonly written: (resource: Resource, object: StoredObject) => void
  /** Told of every object that was deleted. */
  readonly deleted: (resource: Resource, object: { readonly name: string; readonly uid: string }) => void
  /** Begins to ask something beside the loop. */
  readonly ask: (effect: AskEffect) => void
}

type RoutePatch = Extract<Extract<Effect, { type: 'routeTraffic' }>['write'], { type: 'patch' }>

/** Metadata that only a server fills in. */
const forCreation = (object: JsonObject): JsonObject => {
  const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = objectOr(object.metadata)
  return { ...object, metadata }
}

const relabel = async (context: ApplyContext, effect: Extract<Effect, { type: 'relabelPods' }>): Promise<void> => {
  const { client, namespace, signal } = context
  const labelSelector = Object.entries(effect.selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const found = await client.list(pods, { ...(namespace !== undefined && { namespace }), labelSelector, signal })
  for (const { metadata } of found) {
    const owner = listOr(metadata.ownerReferences).find((reference) => objectOr(reference).controller === true)
    if (objectOr(owner).name !== effect.replicaSet || metadata.deletionTimestamp !== undefined) continue
    await ignoreNotFound(
      client.mergePatch(pods, { namespace, name: metadata.name }, { metadata: effect.metadata }, { signal }),
    )
  }
}

const ignoreNotFound = async (call: Promise<unknown>): Promise<void> => {
  try {
    await call
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

const patch = async (context: ApplyContext, resource: Resource, name: string, body: JsonObject): Promise<void> => {
  const { client, namespace, signal, written } = context
  // What a Rollout says about itself may wait until the pods of others are on their way.
  const urgency = resource === rollouts ? 'later' : 'first'
  written(resource, await client.mergePatch(resource, { namespace, name }, body, { signal, urgency }))
}

const remove = async (
  context: ApplyContext,
  resource: Resource,
  object: { readonly name: string; readonly uid: string },
): Promise<void> => {
  const { client, namespace, signal, deleted } = context
  await ignoreNotFound(client.delete(resource, { namespace, name: object.name }, { uid: object.uid, signal }))
  deleted(resource, object)
}

type Eviction = 'done' | 'gone' | 'refused'

const evictOne = async (context: ApplyContext, { name, uid }: EvictedPod): Promise<Eviction> => {
  const { client, namespace, signal } = context
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    deleteOptions: { preconditions: { uid } },
  }
  try {
    await client.createSubresource(pods, { namespace, name }, 'eviction', body, { signal })
  } catch (error) {
    if (isRefusedByBudget(error)) return 'refused'
    if (isNotFound(error) || isConflict(error)) return 'gone'
    throw error
  }
  context.deleted(pods, { name, uid })
  return 'done'
}

/** A refusal holds for the rest of a ReplicaSet too: a disruption budget goes by labels, which its pods share. */
const evict = async (context: ApplyContext, effect: Extract<Effect, { type: 'evictPods' }>): Promise<void> => {
  let left = effect.atMost
  for (const group of effect.groups) {
    for (const pod of group) {
      if (pod.isReady && left === 0) break
      const result = await evictOne(context, pod)
      if (result === 'refused') break
      if (result === 'done' && pod.isReady) left--
    }
  }
}

/** The server has filled in defaults since; the template must mean the same all the same. */
const sameReplicaSet = (wanted: JsonObject) => (there: StoredObject) =>
  there.metadata.deletionTimestamp === undefined &&
  samePodTemplate(objectOr(objectOr(there.spec).template), objectOr(objectOr(wanted.spec).template))

const sameAsked = (wanted: JsonObject) => (there: StoredObject) => sameExperiment(specOf(there), specOf(wanted))

/** The server has held both to the schema. */
const specOf = ({ spec }: JsonObject) => spec as unknown as DeepReadonly<Experiment>['spec']

const sameRun = (wanted: JsonObject) => (there: StoredObject) => equalJson(there.spec, wanted.spec)

/** What has to be kept is tried first: half of what a router needs may be worse than nothing. */
const patchRoute = async ({ client, signal }: ApplyContext, write: RoutePatch): Promise<StoredObject> => {
  const { patch: body, needs = [] } = write
  const { resource, namespace, name } = write.ref
  const at = { namespace, name }
  if (needs.length > 0) {
    const tried = await client.mergePatch(resource, at, body, { signal, dryRun: true })
    const dropped = needs.find((path) => memberAt(tried, path) === undefined)
    if (dropped !== undefined) throw new DroppedFieldError(write.ref, dropped)
  }
  return client.mergePatch(resource, at, body, { signal })
}

const applyOne = async (context: ApplyContext, effect: Effect): Promise<void> => {
  const { client, namespace: own, signal, written, deleted, rollout } = context
  const creating = { client, namespace: own, ownerUid: rollout.uid, signal }
  switch (effect.type) {
    case 'createReplicaSet': {
      const wanted = forCreation(effect.object)
      written(replicaSets, await createOnce(creating, replicaSets, wanted, sameReplicaSet(wanted)))
      return
    }
    case 'createAnalysisRun':
      written(analysisRuns, await createOnce(creating, analysisRuns, effect.object, sameRun(effect.object)))
      return
    case 'createExperiment':
      written(experiments, await createOnce(creating, experiments, effect.object, sameAsked(effect.object)))
      return
    case 'updateRollout':
      return patch(context, rollouts, rollout.name, effect.patch)
    case 'scaleWorkload':
      return patch(context, deployments, effect.name, effect.patch)
    case 'updateReplicaSet':
      return patch(context, replicaSets, effect.name, effect.patch)
    case 'selectPods':
      return patch(context, services, effect.service, effect.patch)
    case 'terminateAnalysisRun':
      return ignoreNotFound(patch(context, analysisRuns, effect.name, { spec: { terminate: true } }))
    case 'terminateExperiment':
      return ignoreNotFound(patch(context, experiments, effect.name, { spec: { terminate: true } }))
    case 'askRouter':
    case 'askStepPlugin':
      return context.ask(effect)
    case 'relabelPods':
      return relabel(context, effect)
    case 'evictPods':
      return evict(context, effect)
    case 'deleteReplicaSet':
      return remove(context, replicaSets, effect)
    case 'deleteExperiment':
      return remove(context, experiments, effect)
    case 'deleteAnalysisRun':
      return remove(context, analysisRuns, effect)
    case 'routeTraffic': {
      const { write } = effect
      const { resource, namespace, name } = write.ref
      if (write.type === 'delete') {
        await ignoreNotFound(client.delete(resource, { namespace, name }, { uid: write.uid, signal }))
        deleted(resource, { name, uid: write.uid })
        return
      }
      const object =
        write.type === 'create'
          ? await client.create(resource, write.object, { signal })
          : await patchRoute(context, write)
      written(resource, object)
      return
    }
    default:
      effect satisfies never
  }
}

/**
 * Whether a router is told although another one refused: traffic that is taken from a bad version must not go on by one way
 * for the other way being barred. Objects of one router depend on each other only where they are of different kinds.
 */
const isToldApart = (effect: Effect, failed: Effect): boolean => {
  if (failed.type !== 'routeTraffic') return false
  if (effect.type === 'askRouter') return effect.router !== failed.router
  if (effect.type !== 'routeTraffic') return false
  return effect.router !== failed.router || effect.write.ref.resource === failed.write.ref.resource
}

/**
 * Applies effects in order and stops at the first that fails, but for writes to routers that do not depend on each other; the
 * rest is left to a later pass.
 */
export const apply = (context: ApplyContext, effects: readonly Effect[]): Promise<readonly Outcome[]> =>
  applyInOrder(effects, (effect) => applyOne(context, effect), isToldApart)
