import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, objectOr } from '../../../lib/json-value.ts'
import type { Caller, Core } from '../core.ts'
import type { LabelSelector } from '../objects/label-selector.ts'
import { labelSelectorPredicate } from '../objects/label-selector.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { StatusError } from '../status-error.ts'
import { deleteObject, readDeleteOptions } from './delete.ts'
import { replaceObject } from './update.ts'

const budgets = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' }

const budgetsFor = (core: Core, pod: StoredObject): readonly StoredObject[] =>
  core.storage
    .collection(budgets)
    .list(pod.metadata.namespace)
    .filter((budget) => {
      const selector = objectOr(budget.spec).selector
      return isJsonObject(selector) && labelSelectorPredicate(selector as LabelSelector)(pod.metadata.labels ?? {})
    })

const tooManyRequests = (message: string, causes: StatusError['causes'], retryAfterSeconds?: number): StatusError =>
  new StatusError({
    code: 429,
    reason: 'TooManyRequests',
    message,
    causes,
    details: retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  })

/** A budget may be spent only as its controller has last counted it (`registry/core/pod/storage/eviction.go`). */
const refusal = (budget: StoredObject): StatusError | undefined => {
  const { observedGeneration, disruptionsAllowed, desiredHealthy, currentHealthy } = objectOr(budget.status)
  const { name, generation = 0 } = budget.metadata
  if (typeof observedGeneration !== 'number' || observedGeneration < generation) {
    const message = `The disruption budget ${name} is still being processed by the server.`
    return tooManyRequests(
      "Cannot evict pod as it would violate the pod's disruption budget.",
      [{ reason: 'DisruptionBudget', message }],
      10,
    )
  }
  if (typeof disruptionsAllowed === 'number' && disruptionsAllowed > 0) return undefined
  const message = `The disruption budget ${name} needs ${desiredHealthy ?? 0} healthy pods and has ${currentHealthy ?? 0} currently`
  return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", [
    { reason: 'DisruptionBudget', message },
  ])
}

const isReady = (pod: StoredObject): boolean => {
  const { conditions } = objectOr(pod.status)
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => isJsonObject(one) && one.type === 'Ready' && one.status === 'True')
  )
}

/** Notes the eviction in the budget, so that a second one does not count on the same allowance. */
const spend = (core: Core, budget: StoredObject, pod: StoredObject, caller: Caller): void => {
  const status = objectOr(budget.status)
  const allowed = typeof status.disruptionsAllowed === 'number' ? status.disruptionsAllowed : 0
  const disruptedPods = { ...objectOr(status.disruptedPods), [pod.metadata.name]: timestamp(core.clock.now()) }
  const draft: Draft = {
    ...budget,
    metadata: { ...budget.metadata },
    status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods },
  }
  const type = core.registry.require(budgets)
  replaceObject(core, type, budget, draft, caller, { verb: 'update', subresource: 'status' })
}

/**
 * POST of `pods/x/eviction` (`policy/v1`): a deletion that respects PodDisruptionBudgets. Throws 429 with the cause
 * `DisruptionBudget` when a budget does not allow it.
 */
export const evictPod = (
  core: Core,
  type: ResourceType,
  pod: StoredObject,
  body: unknown,
  query: Readonly<Record<string, string>>,
  caller: Caller,
): JsonObject => {
  const matching = budgetsFor(core, pod)
  if (matching.length > 1) {
    throw new StatusError({
      code: 500,
      reason: 'InternalError',
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    })
  }
  const { phase } = objectOr(pod.status)
  const finished = phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending'
  const [budget] = matching
  if (budget !== undefined && !finished && pod.metadata.deletionTimestamp === undefined) {
    const allowed = typeof objectOr(budget.status).currentHealthy === 'number'
    if (isReady(pod) || !allowed) {
      const error = refusal(budget)
      if (error !== undefined) throw error
      if (!caller.dryRun) spend(core, budget, pod, caller)
    }
  }
  deleteObject(core, type, pod, readDeleteOptions(objectOr(body).deleteOptions, query), caller)
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }
}
