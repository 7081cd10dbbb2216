import { invalid } from '../../../api/field-error.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { equalJson, objectOr } from '../../../lib/json-value.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { Strategy } from '../objects/strategy.ts'
import type { InvalidField } from '../status-error.ts'
import { openMember, setDefaults } from './defaults.ts'
import { anyPodErrors } from './pod-template-rules.ts'
import { storedPodTemplate } from './stored-pod-spec.ts'

const jobSpecDefaults = (spec: JsonObject): void => {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  setDefaults(spec, {
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  })
  spec.template = storedPodTemplate(spec.template)
}

/** A Job selects its pods by its own uid, which nobody else can know beforehand (`generateSelector` of the Job strategy). */
const ownSelector = (draft: Draft, spec: JsonObject): void => {
  if (spec.manualSelector === true) return
  const { uid, name } = draft.metadata
  const selector = openMember(spec, 'selector')
  setDefaults(openMember(selector, 'matchLabels'), { 'batch.kubernetes.io/controller-uid': uid })
  const metadata = openMember(openMember(spec, 'template'), 'metadata')
  setDefaults(openMember(metadata, 'labels'), {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  })
}

const immutable = ['selector', 'template', 'completionMode']

const immutableErrors = (spec: JsonObject, before: JsonObject): readonly InvalidField[] =>
  immutable
    .filter((name) => !equalJson(spec[name], before[name]))
    .map((name) => invalid(`spec.${name}`, spec[name] ?? null, 'field is immutable'))

/** Suspended Jobs may still change their templates; nothing here needs that. */
const validate = (draft: Draft, before: StoredObject | undefined): readonly InvalidField[] => {
  const spec = objectOr(draft.spec)
  return [
    ...anyPodErrors(objectOr(spec.template), 'spec.template', ['OnFailure', 'Never']),
    ...(before === undefined ? [] : immutableErrors(spec, objectOr(before.spec))),
  ]
}

/** batch/v1 Jobs (`pkg/apis/batch/v1/defaults.go`). */
export const jobStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    jobSpecDefaults(spec)
    ownSelector(draft, spec)
    openMember(draft, 'status')
  },
  validate,
}

/** batch/v1 CronJobs. */
export const cronJobStrategy: Strategy = {
  applyDefaults: (draft) => {
    const spec = openMember(draft, 'spec')
    setDefaults(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    })
    openMember(draft, 'status')
  },
}
