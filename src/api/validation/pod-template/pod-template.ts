import { isIP } from 'node:net'
import type { DeepReadonly, JsonObject } from '../../../lib/json.ts'
import { type FieldError, forbidden, invalid, notSupported } from '../../field-error.ts'
import { withPodTemplateDefaults } from '../../pod-template-defaults.ts'
import { labelErrors } from '../labels.ts'
import { dnsLabelReasons, dnsSubdomainReasons, qualifiedNameReasons } from '../names.ts'
import { containerErrors, initContainerErrors } from './containers.ts'
import { mapAt, numberAt, objectAt, objectsAt, textAt } from './reading.ts'
import { affinityErrors, spreadErrors, tolerationErrors } from './scheduling.ts'
import { podSecurityErrors } from './security.ts'
import { oneOf, optionalText, refused } from './values.ts'
import { volumeErrors } from './volumes.ts'

const largestInt32 = 2 ** 31 - 1
const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']

const hostAliasErrors = (spec: JsonObject, field: string): readonly FieldError[] =>
  objectsAt(spec, 'hostAliases').flatMap((alias, index) => {
    const ip = textAt(alias, 'ip')
    const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
    return isIP(ip) === 0 ? [invalid(`${field}[${index}].ip`, ip, detail)] : []
  })

const nameErrors = (spec: JsonObject, field: string): readonly FieldError[] => [
  ...optionalText(`${field}.serviceAccountName`, textAt(spec, 'serviceAccountName'), dnsSubdomainReasons),
  ...optionalText(`${field}.nodeName`, textAt(spec, 'nodeName'), dnsSubdomainReasons),
]

const deadlineErrors = (spec: JsonObject, field: string): readonly FieldError[] => {
  const seconds = numberAt(spec, 'activeDeadlineSeconds')
  return seconds === undefined || (seconds >= 1 && seconds <= largestInt32)
    ? []
    : [invalid(field, seconds, `must be between 1 and ${largestInt32}, inclusive`)]
}

const specErrors = (spec: JsonObject, field: string): readonly FieldError[] => {
  const volumes = volumeErrors(spec, `${field}.volumes`)
  const context = { volumes: volumes.names, gracePeriod: numberAt(spec, 'terminationGracePeriodSeconds') ?? 0 }
  return [
    ...volumes.errors,
    ...containerErrors(spec, `${field}.containers`, context),
    ...initContainerErrors(spec, `${field}.initContainers`, context),
    ...oneOf(`${field}.restartPolicy`, textAt(spec, 'restartPolicy'), restartPolicies),
    ...oneOf(`${field}.dnsPolicy`, textAt(spec, 'dnsPolicy'), dnsPolicies),
    ...labelErrors(mapAt(spec, 'nodeSelector'), `${field}.nodeSelector`),
    ...podSecurityErrors(spec, `${field}.securityContext`),
    ...affinityErrors(spec, `${field}.affinity`),
    ...objectsAt(spec, 'readinessGates').flatMap((gate, index) => {
      const type = textAt(gate, 'conditionType')
      return refused(`${field}.readinessGates[${index}].conditionType`, type, qualifiedNameReasons(type))
    }),
    ...spreadErrors(spec, `${field}.topologySpreadConstraints`),
    ...nameErrors(spec, field),
    ...deadlineErrors(spec, `${field}.activeDeadlineSeconds`),
    ...optionalText(`${field}.hostname`, textAt(spec, 'hostname'), dnsLabelReasons),
    ...optionalText(`${field}.subdomain`, textAt(spec, 'subdomain'), dnsLabelReasons),
    ...tolerationErrors(spec, `${field}.tolerations`),
    ...hostAliasErrors(spec, `${field}.hostAliases`),
    ...optionalText(`${field}.priorityClassName`, textAt(spec, 'priorityClassName'), dnsSubdomainReasons),
    ...optionalText(`${field}.runtimeClassName`, textAt(spec, 'runtimeClassName'), dnsSubdomainReasons),
    ...oneOf(`${field}.preemptionPolicy`, textAt(spec, 'preemptionPolicy'), ['Never', 'PreemptLowerPriority']),
  ]
}

const annotationErrors = (template: JsonObject, field: string): readonly FieldError[] =>
  Object.keys(mapAt(objectAt(template, 'metadata'), 'annotations')).flatMap((key) =>
    refused(field, key.toLowerCase(), qualifiedNameReasons(key.toLowerCase())),
  )

/** What a ReplicaSet asks beyond any pod template. */
const replicaSetErrors = (spec: JsonObject, field: string): readonly FieldError[] => {
  const policy = textAt(spec, 'restartPolicy')
  return [
    ...(policy === 'Always' ? [] : [notSupported(`${field}.restartPolicy`, policy, ['Always'])]),
    ...(spec.activeDeadlineSeconds === undefined || spec.activeDeadlineSeconds === null
      ? []
      : [forbidden(`${field}.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
  ]
}

/**
 * Faults of a pod template for a ReplicaSet, in the order and the words of the API server
 * (k8s.io/kubernetes, `ValidatePodTemplateSpecForReplicaSet`): the rules that people run into. What it does not know,
 * the API server refuses when the ReplicaSet is created, and its causes are shown in the same place.
 */
export const podTemplateErrors = (template: DeepReadonly<JsonObject>, field: string): readonly FieldError[] => {
  const defaulted = withPodTemplateDefaults(template as JsonObject)
  const spec = objectAt(defaulted, 'spec') ?? {}
  return [
    ...labelErrors(mapAt(objectAt(defaulted, 'metadata'), 'labels'), `${field}.labels`),
    ...annotationErrors(defaulted, `${field}.annotations`),
    ...specErrors(spec, `${field}.spec`),
    ...(objectsAt(spec, 'ephemeralContainers').length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
    ...replicaSetErrors(spec, `${field}.spec`),
  ]
}
