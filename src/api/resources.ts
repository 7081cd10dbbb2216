/**
 * The kinds of object that Crossfade reads or writes, named as the API server's paths name them. Their shape is that of
 * `Resource` in the Kubernetes runtime, which this room may not import.
 */

const argo = (kind: string, plural: string, namespaced = true) => ({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind,
  plural,
  namespaced,
})

const builtIn = (group: string, version: string, kind: string, plural: string, namespaced = true) => ({
  group,
  version,
  kind,
  plural,
  namespaced,
})

/** `argoproj.io/v1alpha1` Rollout, with the subresources status and scale. */
export const rollouts = argo('Rollout', 'rollouts')
/** `argoproj.io/v1alpha1` AnalysisTemplate. */
export const analysisTemplates = argo('AnalysisTemplate', 'analysistemplates')
/** `argoproj.io/v1alpha1` ClusterAnalysisTemplate: not namespaced. */
export const clusterAnalysisTemplates = argo('ClusterAnalysisTemplate', 'clusteranalysistemplates', false)
/** `argoproj.io/v1alpha1` AnalysisRun: its status is written through the object itself. */
export const analysisRuns = argo('AnalysisRun', 'analysisruns')
/** `argoproj.io/v1alpha1` Experiment: its status is written through the object itself. */
export const experiments = argo('Experiment', 'experiments')

/** `apps/v1` ReplicaSet. */
export const replicaSets = builtIn('apps', 'v1', 'ReplicaSet', 'replicasets')
/** `apps/v1` Deployment. */
export const deployments = builtIn('apps', 'v1', 'Deployment', 'deployments')
/** `batch/v1` Job. */
export const jobs = builtIn('batch', 'v1', 'Job', 'jobs')
/** `v1` Pod. */
export const pods = builtIn('', 'v1', 'Pod', 'pods')
/** `v1` PodTemplate. */
export const podTemplates = builtIn('', 'v1', 'PodTemplate', 'podtemplates')
/** `v1` Service. */
export const services = builtIn('', 'v1', 'Service', 'services')
/** `v1` Secret. */
export const secrets = builtIn('', 'v1', 'Secret', 'secrets')
/** `v1` ConfigMap. */
export const configMaps = builtIn('', 'v1', 'ConfigMap', 'configmaps')
/** `v1` Event. */
export const events = builtIn('', 'v1', 'Event', 'events')
/** `v1` Namespace: not namespaced. */
export const namespaces = builtIn('', 'v1', 'Namespace', 'namespaces', false)
/** `discovery.k8s.io/v1` EndpointSlice. */
export const endpointSlices = builtIn('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices')
/** `coordination.k8s.io/v1` Lease. */
export const leases = builtIn('coordination.k8s.io', 'v1', 'Lease', 'leases')
/** `networking.k8s.io/v1` Ingress. */
export const ingresses = builtIn('networking.k8s.io', 'v1', 'Ingress', 'ingresses')
/** `gateway.networking.k8s.io/v1` HTTPRoute. */
export const httpRoutes = builtIn('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes')
/** `gateway.networking.k8s.io/v1` GatewayClass, which says what its controller can do. */
export const gatewayClasses = builtIn('gateway.networking.k8s.io', 'v1', 'GatewayClass', 'gatewayclasses', false)
/** `gateway.networking.k8s.io/v1` GRPCRoute. */
export const grpcRoutes = builtIn('gateway.networking.k8s.io', 'v1', 'GRPCRoute', 'grpcroutes')
/** `gateway.networking.k8s.io/v1alpha2` TCPRoute. */
export const tcpRoutes = builtIn('gateway.networking.k8s.io', 'v1alpha2', 'TCPRoute', 'tcproutes')
/** `gateway.networking.k8s.io/v1alpha2` TLSRoute. */
export const tlsRoutes = builtIn('gateway.networking.k8s.io', 'v1alpha2', 'TLSRoute', 'tlsroutes')

const trafficSplit = (version: string) => builtIn('split.smi-spec.io', version, 'TrafficSplit', 'trafficsplits')

/** `split.smi-spec.io` TrafficSplit, by the version of the Service Mesh Interface that a mesh serves. */
export const trafficSplits = {
  v1alpha1: trafficSplit('v1alpha1'),
  v1alpha2: trafficSplit('v1alpha2'),
  v1alpha3: trafficSplit('v1alpha3'),
  v1alpha4: trafficSplit('v1alpha4'),
} as const
/** `traefik.io/v1alpha1` TraefikService. */
export const traefikServices = builtIn('traefik.io', 'v1alpha1', 'TraefikService', 'traefikservices')
const istio = (version: string) => ({
  virtualServices: builtIn('networking.istio.io', version, 'VirtualService', 'virtualservices'),
  destinationRules: builtIn('networking.istio.io', version, 'DestinationRule', 'destinationrules'),
})

/** `networking.istio.io` VirtualService and DestinationRule, by the version that Istio serves; all have one shape. */
export const istioResources = { v1alpha3: istio('v1alpha3'), v1beta1: istio('v1beta1'), v1: istio('v1') } as const
/** `getambassador.io/v2` Mapping of Ambassador (Emissary). */
export const ambassadorMappings = builtIn('getambassador.io', 'v2', 'Mapping', 'mappings')
/** `x.getambassador.io/v3alpha1` AmbassadorMapping, which Mappings were called in the previews of Emissary 2. */
export const ambassadorPreviewMappings = builtIn(
  'x.getambassador.io',
  'v3alpha1',
  'AmbassadorMapping',
  'ambassadormappings',
)
/** `apisix.apache.org/v2` ApisixRoute. */
export const apisixRoutes = builtIn('apisix.apache.org', 'v2', 'ApisixRoute', 'apisixroutes')
const appMesh = (kind: string, plural: string) => builtIn('appmesh.k8s.aws', 'v1beta2', kind, plural)
/** `appmesh.k8s.aws/v1beta2`: VirtualService, VirtualRouter and VirtualNode of AWS App Mesh. */
export const appMeshResources = {
  virtualServices: appMesh('VirtualService', 'virtualservices'),
  virtualRouters: appMesh('VirtualRouter', 'virtualrouters'),
  virtualNodes: appMesh('VirtualNode', 'virtualnodes'),
} as const
/** `elbv2.k8s.aws/v1beta1` TargetGroupBinding of the AWS Load Balancer Controller. */
export const targetGroupBindings = builtIn('elbv2.k8s.aws', 'v1beta1', 'TargetGroupBinding', 'targetgroupbindings')
/** `projectcontour.io/v1` HTTPProxy of Contour. */
export const httpProxies = builtIn('projectcontour.io', 'v1', 'HTTPProxy', 'httpproxies')
/** `gateway.solo.io/v1` RouteTable of Gloo. */
export const routeTables = builtIn('gateway.solo.io', 'v1', 'RouteTable', 'routetables')
/** `kuma.io/v1alpha1` TrafficRoute of Kuma: not namespaced. */
export const kumaTrafficRoutes = builtIn('kuma.io', 'v1alpha1', 'TrafficRoute', 'trafficroutes', false)
