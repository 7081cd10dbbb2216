import { humanDuration } from '../../../lib/human-duration.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { LabelSelector } from '../../api-server/objects/label-selector.ts'
import { formatLabelSelector } from '../../api-server/objects/label-selector.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'
import { ageOf } from './age.ts'
import type { Cell, Column } from './column.ts'
import { podStatus } from './pod-status.ts'

const spec = (object: ReadonlyObject) => objectOr(object.spec)
const status = (object: ReadonlyObject) => objectOr(object.status)

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)

const orNone = (value: unknown): string => {
  const text = stringOr(value)
  return text === undefined || text === '' ? '<none>' : text
}

const containersOf = (object: ReadonlyObject) =>
  listOr(objectOr(objectOr(spec(object).template).spec).containers).map(objectOr)

const selectorOf = (object: ReadonlyObject): string => {
  const { selector } = spec(object)
  return isJsonObject(selector) ? orNone(formatLabelSelector(selector as LabelSelector)) : '<none>'
}

const templateColumns: readonly Column[] = [
  {
    name: 'Containers',
    priority: 1,
    cell: (object) =>
      containersOf(object)
        .map(({ name }) => stringOr(name) ?? '')
        .join(','),
  },
  {
    name: 'Images',
    priority: 1,
    cell: (object) =>
      containersOf(object)
        .map(({ image }) => stringOr(image) ?? '')
        .join(','),
  },
]

const selectorColumn: Column = { name: 'Selector', priority: 1, cell: selectorOf }

const jobStatus = (object: ReadonlyObject): string => {
  const conditions = listOr(status(object).conditions).map(objectOr)
  const isTrue = (type: string): boolean => conditions.some((one) => one.type === type && one.status === 'True')
  if (isTrue('Complete')) return 'Complete'
  if (isTrue('Failed')) return 'Failed'
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (isTrue('Suspended')) return 'Suspended'
  return isTrue('FailureTarget') ? 'FailureTarget' : isTrue('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

const jobDuration = (object: ReadonlyObject, now: number): string => {
  const { startTime, completionTime } = status(object)
  if (typeof startTime !== 'string') return ''
  const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now
  return humanDuration(end - Date.parse(startTime))
}

const ready = (object: ReadonlyObject): Cell => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}`

const podColumns = (name: Column, age: Column): readonly Column[] => [
  name,
  { name: 'Ready', cell: (object) => podStatus(object).ready },
  { name: 'Status', cell: (object) => podStatus(object).reason },
  {
    name: 'Restarts',
    cell: (object, now) => {
      const { restarts, lastRestart } = podStatus(object)
      return lastRestart === undefined ? String(restarts) : `${restarts} (${ageOf(lastRestart, now)} ago)`
    },
  },
  age,
  { name: 'IP', priority: 1, cell: (object) => orNone(status(object).podIP) },
  { name: 'Node', priority: 1, cell: (object) => orNone(spec(object).nodeName) },
  { name: 'Nominated Node', priority: 1, cell: (object) => orNone(status(object).nominatedNodeName) },
  { name: 'Readiness Gates', priority: 1, cell: () => '<none>' },
]

/** Columns of pods and of what makes them. */
export const workloadColumns = (name: Column, age: Column): Readonly<Record<string, readonly Column[]>> => ({
  pods: podColumns(name, age),
  'deployments.apps': [
    name,
    { name: 'Ready', cell: ready },
    { name: 'Up-to-date', cell: (object) => count(status(object).updatedReplicas) },
    { name: 'Available', cell: (object) => count(status(object).availableReplicas) },
    age,
    ...templateColumns,
    selectorColumn,
  ],
  'replicasets.apps': [
    name,
    { name: 'Desired', type: 'integer', cell: (object) => count(spec(object).replicas) },
    { name: 'Current', type: 'integer', cell: (object) => count(status(object).replicas) },
    { name: 'Ready', type: 'integer', cell: (object) => count(status(object).readyReplicas) },
    age,
    ...templateColumns,
    selectorColumn,
  ],
  'statefulsets.apps': [name, { name: 'Ready', cell: ready }, age, ...templateColumns],
  'daemonsets.apps': [
    name,
    { name: 'Desired', type: 'integer', cell: (object) => count(status(object).desiredNumberScheduled) },
    { name: 'Current', type: 'integer', cell: (object) => count(status(object).currentNumberScheduled) },
    { name: 'Ready', type: 'integer', cell: (object) => count(status(object).numberReady) },
    { name: 'Up-to-date', type: 'integer', cell: (object) => count(status(object).updatedNumberScheduled) },
    { name: 'Available', type: 'integer', cell: (object) => count(status(object).numberAvailable) },
    age,
    ...templateColumns,
    selectorColumn,
  ],
  'jobs.batch': [
    name,
    { name: 'Status', cell: jobStatus },
    {
      name: 'Completions',
      cell: (object) => `${count(status(object).succeeded)}/${count(spec(object).completions) || 1}`,
    },
    { name: 'Duration', cell: jobDuration },
    age,
    ...templateColumns,
    selectorColumn,
  ],
  'cronjobs.batch': [
    name,
    { name: 'Schedule', cell: (object) => stringOr(spec(object).schedule) ?? '' },
    { name: 'Timezone', cell: (object) => orNone(spec(object).timeZone) },
    { name: 'Suspend', type: 'boolean', cell: (object) => spec(object).suspend ?? false },
    { name: 'Active', type: 'integer', cell: (object) => listOr(status(object).active).length },
    { name: 'Last Schedule', cell: (object, now) => lastSchedule(status(object).lastScheduleTime, now) },
    age,
  ],
})

const lastSchedule = (time: unknown, now: number): string => (time === undefined ? '<none>' : ageOf(time, now))
