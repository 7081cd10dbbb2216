import { experimentTemplateNameAnnotation } from '../api/labels.ts'
import { samePodTemplate } from '../api/pod-template-equality.ts'
import { analysisRuns, replicaSets, services } from '../api/resources.ts'
import { applyInOrder } from '../kube/apply-in-order.ts'
import type { KubeClient } from '../kube/client.ts'
import { createOnce } from '../kube/create-once.ts'
import { isNotFound } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Resource } from '../kube/resource.ts'
import type { JsonObject } from '../lib/json.ts'
import { equalJson, objectOr } from '../lib/json-value.ts'
import type { ExperimentEffect, ExperimentOutcome } from './plan.ts'

/** What effects are applied with. */
export interface ApplyContext {
  readonly client: Pick<KubeClient, 'create' | 'get' | 'mergePatch' | 'delete'>
  readonly namespace: string | undefined
  /** Uid of the Experiment. */
  readonly ownerUid: string
  readonly signal: AbortSignal
  /** Told of every object that was written, so that the next pass waits until the caches have it. */
  readonly written: (resource: Resource, object: StoredObject) => void
  /** Told of every object that was deleted. */
  readonly deleted: (resource: Resource, object: { readonly name: string; readonly uid: string }) => void
}

const annotationsOf = (object: JsonObject): JsonObject => objectOr(objectOr(object.metadata).annotations)

/** An earlier pass has made it: for the same template, with pods that mean the same. */
const sameReplicaSet = (wanted: JsonObject) => (there: StoredObject) =>
  there.metadata.deletionTimestamp === undefined &&
  annotationsOf(there)[experimentTemplateNameAnnotation] === annotationsOf(wanted)[experimentTemplateNameAnnotation] &&
  samePodTemplate(objectOr(objectOr(there.spec).template), objectOr(objectOr(wanted.spec).template))

const sameService = (wanted: JsonObject) => (there: StoredObject) =>
  there.metadata.deletionTimestamp === undefined &&
  equalJson(objectOr(there.spec).selector, objectOr(wanted.spec).selector)

const sameRun = (wanted: JsonObject) => (there: StoredObject) => equalJson(there.spec, wanted.spec)

const create = async (
  context: ApplyContext,
  resource: Resource,
  object: JsonObject,
  isSame: (there: StoredObject) => boolean,
): Promise<void> => context.written(resource, await createOnce(context, resource, object, isSame))

const patch = async (context: ApplyContext, resource: Resource, name: string, body: JsonObject): Promise<void> => {
  const { client, namespace, signal, written } = context
  written(resource, await client.mergePatch(resource, { namespace, name }, body, { signal }))
}

const ignoreNotFound = async (call: Promise<unknown>): Promise<void> => {
  try {
    await call
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

const applyOne = async (context: ApplyContext, effect: ExperimentEffect): Promise<void> => {
  const { client, namespace, signal } = context
  switch (effect.type) {
    case 'createReplicaSet':
      return create(context, replicaSets, effect.object, sameReplicaSet(effect.object))
    case 'createService':
      return create(context, services, effect.object, sameService(effect.object))
    case 'createAnalysisRun':
      return create(context, analysisRuns, effect.object, sameRun(effect.object))
    case 'updateReplicaSet':
      return patch(context, replicaSets, effect.name, effect.patch)
    case 'terminateAnalysisRun':
      return ignoreNotFound(patch(context, analysisRuns, effect.name, { spec: { terminate: true } }))
    case 'findAnalysisRun':
      context.written(analysisRuns, await client.get(analysisRuns, { namespace, name: effect.name }, { signal }))
      return
    case 'deleteService': {
      const { name, uid } = effect
      await ignoreNotFound(client.delete(services, { namespace, name }, { uid, signal }))
      context.deleted(services, { name, uid })
      return
    }
    default:
      effect satisfies never
  }
}

/** Applies effects in order and stops at the first that fails; the rest is left to a later pass. */
export const apply = (
  context: ApplyContext,
  effects: readonly ExperimentEffect[],
): Promise<readonly ExperimentOutcome[]> => applyInOrder(effects, (effect) => applyOne(context, effect))
