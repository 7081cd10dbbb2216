import type { DeepReadonly } from '../lib/json.ts'
import { type FieldError, invalid } from './field-error.ts'
import { deployments, podTemplates, replicaSets } from './resources.ts'
import type { WorkloadRef } from './rollout-spec.ts'

type Ref = DeepReadonly<WorkloadRef>

/** The kinds whose pod template a Rollout may take: Deployment, ReplicaSet and PodTemplate. */
export const workloadResources = [deployments, replicaSets, podTemplates] as const

/** See {@link workloadResources}. */
export type WorkloadResource = (typeof workloadResources)[number]

const groupAndVersion = ({ apiVersion = '' }: Ref): readonly [group: string, version: string] => {
  const slash = apiVersion.indexOf('/')
  return [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)]
}

const kindOf = (ref: Ref): WorkloadResource | undefined => {
  const [group] = groupAndVersion(ref)
  return workloadResources.find((resource) => resource.kind === ref.kind && resource.group === group)
}

/** The kind that a reference names; `undefined` when it is none of those that are supported. */
export const workloadResource = (ref: Ref): WorkloadResource | undefined => {
  const resource = kindOf(ref)
  return resource?.version === groupAndVersion(ref)[1] ? resource : undefined
}

const field = 'spec.workloadRef'

const unresolved = (badValue: string, detail: string): FieldError => ({ type: 'Unresolved', field, badValue, detail })

const scaleDownErrors = ({ scaleDown, kind }: Ref): readonly FieldError[] => {
  if (scaleDown === undefined || scaleDown === '' || scaleDown === 'never') return []
  const at = `${field}.scaleDown`
  if (scaleDown !== 'onsuccess' && scaleDown !== 'progressively') {
    return [invalid(at, scaleDown, 'must be never, onsuccess or progressively')]
  }
  return kind === deployments.kind ? [] : [invalid(at, scaleDown, `a ${kind} is not scaled down: only a Deployment is`)]
}

/** What is wrong with a reference in itself, in the published words where there are any. */
export const workloadReferenceErrors = (ref: Ref): readonly FieldError[] => {
  const { kind = '', name = '' } = ref
  if (kindOf(ref) === undefined) {
    return [unresolved(name, `workload of type ${groupAndVersion(ref)[0]}/${kind} is not supported`)]
  }
  if (workloadResource(ref) === undefined) {
    return [unresolved(name, `${ref.apiVersion} has no ${kind}: the server could not find the requested resource`)]
  }
  return scaleDownErrors(ref)
}

/** The fault of a reference to an object that is not there, in the published words. */
export const workloadNotFound = ({ group, plural }: WorkloadResource, namespace: string, name: string): FieldError =>
  unresolved(name, `${plural}${group === '' ? '' : `.${group}`} "${namespace}/${name}" not found`)
