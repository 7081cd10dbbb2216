import { forbidden } from '../../../api/field-error.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { equalJson, isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { Strategy } from '../objects/strategy.ts'
import type { InvalidField } from '../status-error.ts'
import { changeItems, openMember, setDefaults } from './defaults.ts'
import { anyPodErrors } from './pod-template-rules.ts'
import { storedPodTemplate } from './stored-pod-spec.ts'

/** Requests follow limits in pods, not in templates (`SetDefaults_Pod`). */
const requestsFromLimits = (container: JsonObject): void => {
  const resources = objectOr(container.resources)
  if (!isJsonObject(resources.limits)) {
    container.resources = resources
    return
  }
  container.resources = { ...resources, requests: { ...resources.limits, ...objectOr(resources.requests) } }
}

/** As the admission plugin `DefaultTolerationSeconds` adds them. */
const tolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  effect: 'NoExecute',
  key,
  operator: 'Exists',
  tolerationSeconds: 300,
}))

const qosClassOf = (spec: JsonObject): string => {
  const resources = listOr(spec.containers).map((container) => objectOr(objectOr(container).resources))
  if (resources.every((one) => one.limits === undefined && one.requests === undefined)) return 'BestEffort'
  const guaranteed = resources.every(({ limits, requests }) => {
    const { cpu, memory } = objectOr(limits)
    return cpu !== undefined && memory !== undefined && equalJson(limits, requests ?? limits)
  })
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/** Specs that are complete: a pod's status is written far more often than anything else of it. */
const complete = new WeakSet<object>()

const completeSpec = (given: JsonObject): JsonObject => {
  if (complete.has(given)) return given
  const spec: JsonObject = { ...objectOr(storedPodTemplate({ spec: given }).spec) }
  setDefaults(spec, {
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    serviceAccountName: 'default',
    tolerations,
  })
  spec.serviceAccount = spec.serviceAccountName
  changeItems(spec, 'containers', requestsFromLimits)
  complete.add(spec)
  return spec
}

const applyDefaults = (draft: Draft): void => {
  const spec = completeSpec(objectOr(draft.spec))
  draft.spec = spec
  const status = openMember(draft, 'status')
  setDefaults(status, { phase: 'Pending', qosClass: qosClassOf(spec) })
}

/** Fields of a pod that may change once it is there (`ValidatePodUpdate`); images are among them. */
const mutable = (spec: JsonObject): JsonObject => {
  const { activeDeadlineSeconds: _a, tolerations: _t, terminationGracePeriodSeconds: _g, nodeName: _n, ...rest } = spec
  changeItems(rest, 'containers', (container) => delete container.image)
  changeItems(rest, 'initContainers', (container) => delete container.image)
  return rest
}

const immutableRule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const validate = (draft: Draft, before: StoredObject | undefined): readonly InvalidField[] => {
  const spec = objectOr(draft.spec)
  const changed = before !== undefined && !equalJson(mutable({ ...spec }), mutable({ ...objectOr(before.spec) }))
  const errors = anyPodErrors({ spec }, '', ['Always', 'OnFailure', 'Never'])
  return [
    ...errors.map((error) => ({ ...error, field: error.field.replace(/^\./, '') })),
    ...(changed ? [forbidden('spec', immutableRule)] : []),
  ]
}

/** Pods. Nothing schedules them and nothing runs them: that is the business of the simulated world. */
export const podStrategy: Strategy = { applyDefaults, validate }
