import { listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'
import { ageOf } from './age.ts'
import type { Column } from './column.ts'

const spec = (object: ReadonlyObject) => objectOr(object.spec)
const status = (object: ReadonlyObject) => objectOr(object.status)

const orNotAvailable = (value: unknown): string => (value === undefined ? 'N/A' : String(value))

const createdColumn: Column = {
  name: 'Created At',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp,
}

const subjects = (object: ReadonlyObject, kind: string): string =>
  listOr(object.subjects)
    .map(objectOr)
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : String(name)))
    .join(', ')

const bindingColumns = (name: Column, age: Column): readonly Column[] => [
  name,
  { name: 'Role', cell: (object) => `${objectOr(object.roleRef).kind}/${objectOr(object.roleRef).name}` },
  age,
  { name: 'Users', priority: 1, cell: (object) => subjects(object, 'User') },
  { name: 'Groups', priority: 1, cell: (object) => subjects(object, 'Group') },
  { name: 'ServiceAccounts', priority: 1, cell: (object) => subjects(object, 'ServiceAccount') },
]

const nodeStatus = (object: ReadonlyObject): string => {
  const ready = listOr(status(object).conditions)
    .map(objectOr)
    .find(({ type }) => type === 'Ready')
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec(object).unschedulable === true ? `${state},SchedulingDisabled` : state
}

const utilization = (object: ReadonlyObject): string => {
  const targets = listOr(spec(object).metrics).map((metric, index) => {
    const { resource } = objectOr(metric)
    const target = objectOr(objectOr(resource).target).averageUtilization
    const current = objectOr(objectOr(listOr(status(object).currentMetrics)[index]).resource)
    const now = objectOr(current.current).averageUtilization
    return `${objectOr(resource).name ?? 'metric'}: ${now === undefined ? '<unknown>' : `${now}%`}/${target ?? '<auto>'}%`
  })
  return targets.length === 0 ? '<none>' : targets.join(', ')
}

const lastSeen = (object: ReadonlyObject): string | undefined =>
  stringOr(object.lastTimestamp) ?? stringOr(object.firstTimestamp) ?? stringOr(object.eventTime)

const eventColumns = (name: Column): readonly Column[] => [
  { name: 'Last Seen', cell: (object, now) => ageOf(lastSeen(object), now) },
  { name: 'Type', cell: (object) => stringOr(object.type) ?? '' },
  { name: 'Reason', cell: (object) => stringOr(object.reason) ?? '' },
  {
    name: 'Object',
    cell: (object) => {
      const { kind, name: about } = objectOr(object.involvedObject)
      return `${(stringOr(kind) ?? '').toLowerCase()}/${about ?? ''}`
    },
  },
  { name: 'Subobject', priority: 1, cell: (object) => stringOr(objectOr(object.involvedObject).fieldPath) ?? '' },
  { name: 'Source', priority: 1, cell: (object) => stringOr(objectOr(object.source).component) ?? '' },
  { name: 'Message', cell: (object) => (stringOr(object.message) ?? '').trim() },
  { name: 'First Seen', priority: 1, cell: (object, now) => ageOf(stringOr(object.firstTimestamp), now) },
  { name: 'Count', priority: 1, cell: (object) => Number(object.count ?? 1) },
  { ...name, priority: 1 },
]

/** Columns of kinds that say something about the cluster rather than run in it. */
export const clusterColumns = (name: Column, age: Column): Readonly<Record<string, readonly Column[]>> => ({
  namespaces: [name, { name: 'Status', cell: (object) => stringOr(status(object).phase) ?? '' }, age],
  nodes: [
    name,
    { name: 'Status', cell: nodeStatus },
    { name: 'Roles', cell: () => '<none>' },
    age,
    { name: 'Version', cell: (object) => stringOr(objectOr(status(object).nodeInfo).kubeletVersion) ?? '' },
  ],
  events: eventColumns(name),
  'leases.coordination.k8s.io': [
    name,
    { name: 'Holder', cell: (object) => stringOr(spec(object).holderIdentity) ?? '' },
    age,
  ],
  'poddisruptionbudgets.policy': [
    name,
    { name: 'Min Available', cell: (object) => orNotAvailable(spec(object).minAvailable) },
    { name: 'Max Unavailable', cell: (object) => orNotAvailable(spec(object).maxUnavailable) },
    { name: 'Allowed Disruptions', type: 'integer', cell: (object) => status(object).disruptionsAllowed ?? 0 },
    age,
  ],
  'horizontalpodautoscalers.autoscaling': [
    name,
    {
      name: 'Reference',
      cell: (object) => {
        const { kind, name: target } = objectOr(spec(object).scaleTargetRef)
        return `${kind}/${target}`
      },
    },
    { name: 'Targets', cell: utilization },
    { name: 'MinPods', cell: (object) => spec(object).minReplicas ?? '<unset>' },
    { name: 'MaxPods', cell: (object) => spec(object).maxReplicas ?? 0 },
    { name: 'Replicas', cell: (object) => status(object).currentReplicas ?? 0 },
    age,
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [name, createdColumn],
  'roles.rbac.authorization.k8s.io': [name, createdColumn],
  'clusterroles.rbac.authorization.k8s.io': [name, createdColumn],
  'rolebindings.rbac.authorization.k8s.io': bindingColumns(name, age),
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns(name, age),
})
