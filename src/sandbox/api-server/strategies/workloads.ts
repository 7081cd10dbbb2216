import { invalid, required } from '../../../api/field-error.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { equalJson, isJsonObject, objectOr } from '../../../lib/json-value.ts'
import type { LabelSelector } from '../objects/label-selector.ts'
import { labelSelectorPredicate } from '../objects/label-selector.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { Strategy } from '../objects/strategy.ts'
import type { InvalidField } from '../status-error.ts'
import { openMember, setDefaults } from './defaults.ts'
import { runningPodErrors } from './pod-template-rules.ts'
import { storedPodTemplate } from './stored-pod-spec.ts'

const defaultTemplate = (spec: JsonObject): void => {
  spec.template = storedPodTemplate(spec.template)
}

const isEmptySelector = (selector: JsonObject): boolean =>
  Object.keys(objectOr(selector.matchLabels)).length === 0 && objectOr(selector).matchExpressions === undefined

const selectorErrors = (spec: JsonObject): readonly InvalidField[] => {
  const { selector } = spec
  if (!isJsonObject(selector)) return [required('spec.selector')]
  if (!isEmptySelector(selector)) return []
  return [invalid('spec.selector', {}, 'empty selector is invalid for deployment')]
}

const templateErrors = (spec: JsonObject): readonly InvalidField[] => {
  const template = objectOr(spec.template)
  const { labels } = objectOr(template.metadata)
  const selector = isJsonObject(spec.selector) ? spec.selector : {}
  const matches = !isEmptySelector(selector) && labelSelectorPredicate(selector as LabelSelector)(objectOr(labels))
  const field = 'spec.template.metadata.labels'
  return [
    ...(matches ? [] : [invalid(field, labels ?? null, '`selector` does not match template `labels`')]),
    ...runningPodErrors(spec.template, 'spec.template'),
  ]
}

const countErrors = (spec: JsonObject, name: string): readonly InvalidField[] => {
  const count = spec[name]
  if (typeof count !== 'number' || count >= 0) return []
  return [invalid(`spec.${name}`, count, 'must be greater than or equal to 0')]
}

const immutableSelector = (draft: Draft, before: StoredObject | undefined): readonly InvalidField[] => {
  if (before === undefined) return []
  const { selector } = objectOr(draft.spec)
  if (equalJson(selector, objectOr(before.spec).selector)) return []
  return [invalid('spec.selector', selector ?? null, 'field is immutable')]
}

const validate = (draft: Draft, before: StoredObject | undefined): readonly InvalidField[] => {
  const spec = objectOr(draft.spec)
  return [
    ...countErrors(spec, 'replicas'),
    ...countErrors(spec, 'minReadySeconds'),
    ...selectorErrors(spec),
    ...templateErrors(spec),
    ...immutableSelector(draft, before),
  ]
}

/** apps/v1 ReplicaSets (`pkg/apis/apps/v1/defaults.go`, `pkg/apis/apps/validation`). */
export const replicaSetStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    setDefaults(spec, { replicas: 1 })
    defaultTemplate(spec)
    setDefaults(openMember(draft, 'status'), { replicas: 0 })
  },
  validate,
}

/** core/v1 PodTemplates: a template and nothing else. */
export const podTemplateStrategy: Strategy = {
  applyDefaults: (draft) => {
    draft.template = storedPodTemplate(draft.template)
  },
}

/** apps/v1 Deployments. */
export const deploymentStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
    const strategy = openMember(spec, 'strategy')
    setDefaults(strategy, { type: 'RollingUpdate' })
    if (strategy.type === 'RollingUpdate') {
      setDefaults(openMember(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
    }
    defaultTemplate(spec)
    openMember(draft, 'status')
  },
  validate,
}

/** apps/v1 StatefulSets. */
export const statefulSetStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' })
    setDefaults(spec, { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } })
    setDefaults(spec, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } })
    defaultTemplate(spec)
    setDefaults(openMember(draft, 'status'), { replicas: 0, availableReplicas: 0 })
  },
  validate,
}

/** apps/v1 DaemonSets. */
export const daemonSetStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    const rollingUpdate = { maxSurge: 0, maxUnavailable: 1 }
    setDefaults(spec, { revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate', rollingUpdate } })
    defaultTemplate(spec)
    setDefaults(openMember(draft, 'status'), {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    })
  },
  validate,
}
