import {
  ambassadorMappings,
  ambassadorPreviewMappings,
  analysisRuns,
  analysisTemplates,
  clusterAnalysisTemplates,
  configMaps,
  deployments,
  events,
  experiments,
  gatewayClasses,
  ingresses,
  istioResources,
  jobs,
  leases,
  pods,
  podTemplates,
  replicaSets,
  rollouts,
  secrets,
  services,
  traefikServices,
} from '../api/resources.ts'
import type { TrafficRouting } from '../api/traffic-routing.ts'
import type { Resource } from '../kube/resource.ts'
import { notificationConfigMapName, notificationSecretName } from '../notifications/configuration.ts'
import { apisixRouter } from '../routers/apisix/apisix.ts'
import { appMeshRouter } from '../routers/app-mesh/app-mesh.ts'
import { contourRouter } from '../routers/contour/contour.ts'
import { gatewayApiRouter } from '../routers/gateway-api/gateway-api.ts'
import { glooRouter } from '../routers/gloo/gloo.ts'
import { istioRouter } from '../routers/istio/istio.ts'
import { kumaRouter } from '../routers/kuma/kuma.ts'
import { nginxRouter } from '../routers/nginx/nginx.ts'
import { skipperRouter } from '../routers/skipper/skipper.ts'
import { smiRouter } from '../routers/smi/smi.ts'

/** A rule of a Role or ClusterRole, as Kubernetes' RBAC has it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  /** Only objects with these names; who lists or watches them must select by the name. All when absent. */
  readonly resourceNames?: readonly string[]
}

/** Rules by where they count. */
export interface Permissions {
  /** In each namespace that is served: for a Role as well as for a ClusterRole. */
  readonly namespaced: readonly PolicyRule[]
  /** For kinds without a namespace: for a ClusterRole only. */
  readonly cluster: readonly PolicyRule[]
}

/** Where it is a matter of names, RBAC speaks of no version. */
type Named = Pick<Resource, 'group' | 'plural'>

const look = ['get', 'list', 'watch']
const change = [...look, 'patch']
const keep = ['create', ...change, 'delete']

const rule = (verbs: readonly string[], ...of: readonly Named[]): PolicyRule => ({
  apiGroups: [...new Set(of.map(({ group }) => group))],
  resources: [...new Set(of.map(({ plural }) => plural))],
  verbs,
})

const part = ({ group, plural }: Named, subresource: string): Named => ({ group, plural: `${plural}/${subresource}` })

/** The verbs on the kinds of one router, by whether these have a namespace. */
const routerAccess = (verbs: readonly string[], { resources }: { readonly resources: readonly Resource[] }) => {
  const within = resources.filter(({ namespaced }) => namespaced)
  const without = resources.filter(({ namespaced }) => !namespaced)
  return {
    namespaced: within.length > 0 ? [rule(verbs, ...within)] : [],
    cluster: without.length > 0 ? [rule(verbs, ...without)] : [],
  }
}

/** What the controller does whatever routers and metric providers are used. */
export const basePermissions: Permissions = {
  namespaced: [
    rule(change, rollouts),
    rule(['patch'], part(rollouts, 'status')),
    // Owner references that block deletion need the right to update finalizers of the owner.
    rule(['update'], ...[rollouts, experiments, analysisRuns].map((owner) => part(owner, 'finalizers'))),
    rule(keep, analysisRuns, experiments),
    rule(look, analysisTemplates),
    rule(keep, replicaSets),
    // A Deployment that a Rollout refers to is scaled down once the Rollout has taken its place.
    rule(change, deployments),
    rule(look, podTemplates),
    // Services are created and deleted for the pods of Experiments only.
    rule(keep, services),
    // Pods that run get the labels and annotations of their role (canaryMetadata, stableMetadata).
    rule(change, pods),
    // A restart asks for the end of a pod in the way that respects disruption budgets.
    rule(['create'], part(pods, 'eviction')),
    rule(['create', 'patch'], events),
    // Jobs that measured before are known, also where none may be started.
    rule(look, jobs),
  ],
  cluster: [rule(look, clusterAnalysisTemplates)],
}

/** Reading Secrets one by one in the namespaces that are served: arguments of analyses, credentials of metric systems. */
export const secretPermissions: Permissions = { namespaced: [rule(['get'], secrets)], cluster: [] }

const notificationSettings: readonly PolicyRule[] = [
  { ...rule(look, configMaps), resourceNames: [notificationConfigMapName] },
  { ...rule(look, secrets), resourceNames: [notificationSecretName] },
]

/** The configuration of notifications in the namespaces that are served, where these may have one: only objects of that name. */
export const selfServicePermissions: Permissions = { namespaced: notificationSettings, cluster: [] }

/** What the controller needs in its own namespace, by what for. */
export const ownPermissions = {
  /** Leader election. */
  leader: [rule(['create', 'get', 'update', 'patch'], leases)],
  /** The configuration of plugins, and the Secrets with which they are asked: in the namespace of the ConfigMap. */
  plugins: [rule(look, configMaps), rule(['get'], secrets)],
  /** The Secret of the Istio primary cluster, found by its label: only who routes by Istio needs it. */
  istio: [rule(look, secrets)],
  /** The configuration of notifications. */
  notifications: notificationSettings,
} as const satisfies Record<string, readonly PolicyRule[]>

/** TargetGroupBindings of the AWS Load Balancer Controller, by itself and in EKS' automatic mode. */
const targetGroupBindings = ['elbv2.k8s.aws', 'eks.amazonaws.com'].map((group) => ({
  group,
  plural: 'targetgroupbindings',
}))

const traefikGroups = [traefikServices, { ...traefikServices, group: 'traefik.containo.us' }]

/**
 * What each router reads and writes, by its key under `trafficRouting`: routers that keep objects of their own create and
 * delete them, the others only change what people have created. Plugins touch their objects themselves.
 */
export const routerPermissions = {
  gatewayAPI: {
    ...routerAccess(change, gatewayApiRouter),
    // What controllers of the Gateway API say that they can do, where steps ask for it.
    cluster: [rule(look, gatewayClasses)],
  },
  istio: routerAccess(change, istioRouter(istioResources.v1)),
  nginx: routerAccess(keep, nginxRouter),
  alb: { namespaced: [rule(change, ingresses), rule(['get', 'list'], ...targetGroupBindings)], cluster: [] },
  smi: routerAccess(keep, smiRouter('v1alpha1')),
  ambassador: routerAccess(keep, { resources: [ambassadorMappings, ambassadorPreviewMappings] }),
  appMesh: routerAccess(change, appMeshRouter),
  traefik: routerAccess(change, { resources: traefikGroups }),
  apisix: routerAccess(keep, apisixRouter),
  contour: routerAccess(change, contourRouter),
  gloo: routerAccess(change, glooRouter),
  kuma: routerAccess(change, kumaRouter),
  skipper: routerAccess(keep, skipperRouter),
} as const satisfies Partial<Record<keyof TrafficRouting, Permissions>>

/** What metric providers do in the cluster, beyond reading Secrets. */
export const providerPermissions = {
  job: { namespaced: [rule(['create', 'delete'], jobs)], cluster: [] },
} as const satisfies Record<string, Permissions>
