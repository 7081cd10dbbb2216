import { builtinSchemas } from '../schema/schema.ts'
import type { ResourceType, ScalePaths } from './resource-type.ts'

const workloadScale: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
}

interface Row {
  /** Package of the type in Kubernetes' OpenAPI: `apps.v1`. */
  readonly in: string
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly short?: readonly string[]
  readonly all?: boolean
  readonly cluster?: boolean
  readonly status?: boolean
  readonly scale?: ScalePaths
  readonly generation?: boolean
}

const core = { in: 'core.v1', group: '' }
const apps = { in: 'apps.v1', group: 'apps', all: true, status: true, generation: true }
const batch = { in: 'batch.v1', group: 'batch', all: true, status: true, generation: true }
const networking = { in: 'networking.v1', group: 'networking.k8s.io', generation: true }
const rbac = { in: 'rbac.v1', group: 'rbac.authorization.k8s.io' }

/**
 * Short names, categories and subresources as `kubectl api-resources` lists them for Kubernetes 1.34; which kinds count
 * generations follows their registry strategies (`pkg/registry/*` of Kubernetes).
 */
const rows: readonly Row[] = [
  { ...core, kind: 'Namespace', plural: 'namespaces', short: ['ns'], cluster: true, status: true },
  { ...core, kind: 'Node', plural: 'nodes', short: ['no'], cluster: true, status: true },
  { ...core, kind: 'Pod', plural: 'pods', short: ['po'], all: true, status: true, generation: true },
  { ...core, kind: 'PodTemplate', plural: 'podtemplates', generation: true },
  { ...core, kind: 'Service', plural: 'services', short: ['svc'], all: true, status: true },
  { ...core, kind: 'ConfigMap', plural: 'configmaps', short: ['cm'] },
  { ...core, kind: 'Secret', plural: 'secrets' },
  { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts', short: ['sa'] },
  { ...core, kind: 'Event', plural: 'events', short: ['ev'] },
  { ...core, kind: 'Endpoints', plural: 'endpoints', short: ['ep'] },
  { ...apps, kind: 'Deployment', plural: 'deployments', short: ['deploy'], scale: workloadScale },
  { ...apps, kind: 'ReplicaSet', plural: 'replicasets', short: ['rs'], scale: workloadScale },
  { ...apps, kind: 'StatefulSet', plural: 'statefulsets', short: ['sts'], scale: workloadScale },
  { ...apps, kind: 'DaemonSet', plural: 'daemonsets', short: ['ds'] },
  { ...batch, kind: 'Job', plural: 'jobs' },
  { ...batch, kind: 'CronJob', plural: 'cronjobs', short: ['cj'] },
  {
    in: 'autoscaling.v2',
    group: 'autoscaling',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    short: ['hpa'],
    all: true,
    status: true,
  },
  {
    in: 'policy.v1',
    group: 'policy',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    short: ['pdb'],
    status: true,
    generation: true,
  },
  { ...networking, kind: 'Ingress', plural: 'ingresses', short: ['ing'], status: true },
  { ...networking, kind: 'IngressClass', plural: 'ingressclasses', cluster: true },
  { ...networking, kind: 'NetworkPolicy', plural: 'networkpolicies', short: ['netpol'] },
  { in: 'discovery.v1', group: 'discovery.k8s.io', kind: 'EndpointSlice', plural: 'endpointslices', generation: true },
  { in: 'coordination.v1', group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases' },
  { ...rbac, kind: 'Role', plural: 'roles' },
  { ...rbac, kind: 'RoleBinding', plural: 'rolebindings' },
  { ...rbac, kind: 'ClusterRole', plural: 'clusterroles', cluster: true },
  { ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', cluster: true },
  {
    in: '',
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    short: ['crd', 'crds'],
    cluster: true,
    status: true,
    generation: true,
  },
]

const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

const typeOf = (row: Row): ResourceType => {
  const schemaName = `${row.in === '' ? apiextensions : `io.k8s.api.${row.in}`}.${row.kind}`
  const schema = builtinSchemas[schemaName]
  if (schema === undefined) throw new Error(`finding the schema ${schemaName} in builtin-schemas.json`)
  return {
    group: row.group,
    version: row.in.split('.')[1] ?? 'v1',
    kind: row.kind,
    plural: row.plural,
    namespaced: row.cluster !== true,
    singular: row.kind.toLowerCase(),
    shortNames: row.short ?? [],
    categories: row.all === true ? ['all'] : row.group === 'apiextensions.k8s.io' ? ['api-extensions'] : [],
    schema,
    schemaName,
    custom: false,
    status: row.status === true,
    ...(row.scale === undefined ? {} : { scale: row.scale }),
    generation: row.generation === true,
    columns: [],
  }
}

/** The built-in kinds that the sandbox serves. Everything else comes from CRDs. */
export const builtinResources: readonly ResourceType[] = rows.map(typeOf)
