import { encodeAsGo } from '../../lib/go-json.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { minReadySecondsOf, progressDeadlineSecondsOf, replicasOf, revisionHistoryLimitOf } from '../defaults.ts'
import { type FieldError, invalid, required } from '../field-error.ts'
import { matchesSelector } from '../kubernetes/selector.ts'
import type { Parsed } from '../parse.ts'
import type { RolloutManifest } from '../rollout.ts'
import type { RolloutSpec } from '../rollout-spec.ts'
import { canaryStepFields } from '../schema/canary-step-fields.ts'
import { labelSelectorErrors } from './labels.ts'
import { podTemplateErrors } from './pod-template/pod-template.ts'
import { strategyErrors } from './strategy.ts'

type Spec = DeepReadonly<RolloutSpec>

const nonNegative = (value: number, field: string): readonly FieldError[] =>
  value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []

const selectorErrors = ({ selector, workloadRef }: Spec): readonly FieldError[] => {
  const field = 'spec.selector'
  if (selector === undefined) {
    return workloadRef === undefined ? [required(field, "Rollout has missing field '.spec.selector'")] : []
  }
  const shown: unknown = JSON.parse(encodeAsGo(canaryStepFields, '#LabelSelector', selector))
  const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length
  return [
    ...labelSelectorErrors(selector, field),
    ...(size === 0 ? [invalid(field, shown, 'empty selector is invalid for deployment')] : []),
  ]
}

const isEmptyTemplate = (spec: Spec): boolean =>
  Object.keys(spec.template?.metadata?.labels ?? {}).length === 0 &&
  Object.keys(spec.template?.metadata?.annotations ?? {}).length === 0

const ownTemplateErrors = (spec: Spec): readonly FieldError[] => {
  const field = 'spec.template'
  const labels = spec.template?.metadata?.labels
  const empty = spec.selector !== undefined && selectorErrors(spec).length > 0
  const matches = empty || (spec.selector !== undefined && matchesSelector(spec.selector, labels ?? {}))
  return [
    ...(matches
      ? []
      : [invalid(`${field}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
    ...podTemplateErrors(spec.template ?? {}, field),
  ]
}

const templateErrors = (spec: Spec): readonly FieldError[] => {
  const refused = spec.selector === undefined ? [] : labelSelectorErrors(spec.selector, 'spec.selector')
  if (refused.length > 0) {
    const shown: unknown = JSON.parse(encodeAsGo(canaryStepFields, '#LabelSelector', spec.selector))
    return [invalid('spec.selector', shown, 'invalid label selector')]
  }
  if (spec.workloadRef === undefined) return ownTemplateErrors(spec)
  const detail = 'template must be empty for workload reference rollout'
  return isEmptyTemplate(spec) ? [] : [{ type: 'Internal', field: 'spec.template', badValue: null, detail }]
}

/** What is wrong with the template that a Rollout took from its workload, in the words of one of its own. */
export const validateWorkloadTemplate = (spec: Spec): readonly FieldError[] =>
  spec.selector === undefined
    ? [required('spec.selector', "Rollout has missing field '.spec.selector', and its workload has none")]
    : ownTemplateErrors(spec)

const deadlineErrors = (spec: Spec): readonly FieldError[] => {
  const deadline = progressDeadlineSecondsOf({ spec })
  const field = 'spec.progressDeadlineSeconds'
  return [
    ...nonNegative(deadline, field),
    ...(deadline > minReadySecondsOf({ spec })
      ? []
      : [invalid(field, deadline, 'must be greater than minReadySeconds')]),
  ]
}

/**
 * Everything that is wrong with a Rollout in itself, in the order, with the paths and in the words of the published
 * validation, which reports the first only. Objects that it refers to are checked by `references.ts`.
 */
export const validateRollout = ({ spec }: DeepReadonly<Pick<RolloutManifest, 'spec'>>): readonly FieldError[] => [
  ...nonNegative(replicasOf({ spec }), 'spec.replicas'),
  ...selectorErrors(spec),
  ...templateErrors(spec),
  ...nonNegative(minReadySecondsOf({ spec }), 'spec.minReadySeconds'),
  ...nonNegative(revisionHistoryLimitOf({ spec }), 'spec.revisionHistoryLimit'),
  ...deadlineErrors(spec),
  ...strategyErrors(spec),
]

/**
 * What is wrong with a Rollout of which some fields did not parse. Members that only the schema requires are reported
 * in the published words where those have any: the published types read them as empty.
 */
export const faultsOf = <Read extends DeepReadonly<Pick<RolloutManifest, 'spec'>>>(
  parsed: Parsed<Read>,
  raw: DeepReadonly<Pick<RolloutManifest, 'spec'>>,
): readonly FieldError[] => {
  if (parsed.ok) return validateRollout(parsed.value)
  const onlyMissing = parsed.errors.every(({ type }) => type === 'Required')
  const faults = onlyMissing && typeof raw.spec === 'object' ? validateRollout(raw) : []
  return faults.length > 0 ? faults : parsed.errors
}
