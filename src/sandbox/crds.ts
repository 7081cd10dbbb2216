import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject } from '../lib/json.ts'
import { parseYaml } from '../lib/yaml.ts'

const folder = new URL('../../crds/', import.meta.url)

const read = (file: string): JsonObject => {
  const document = parseYaml(readFileSync(new URL(file, folder), 'utf8'))
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    throw new Error(`reading crds/${file}: it holds no object; run "npm run generate"`)
  }
  return document
}

/** The CustomResourceDefinitions that the product installs, from `crds/`. */
export const productCrds = (): readonly JsonObject[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map(read)

const routingCrd = (group: string, kind: string, plural: string, ...versions: readonly string[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    scope: 'Namespaced',
    versions: (versions.length === 0 ? ['v1'] : versions).map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      subresources: { status: {} },
      additionalPrinterColumns: [
        { jsonPath: '.spec.hostnames', name: 'Hostnames', type: 'string' },
        { jsonPath: '.metadata.creationTimestamp', name: 'Age', type: 'date' },
      ],
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            apiVersion: { type: 'string' },
            kind: { type: 'string' },
            metadata: { type: 'object' },
            spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    })),
  },
})

const clusterWide = (crd: ReturnType<typeof routingCrd>) => ({ ...crd, spec: { ...crd.spec, scope: 'Cluster' } })

const gateway = 'gateway.networking.k8s.io'

/** The kinds that routers read and write, as far as the sandbox needs them: it keeps what is written and checks nothing inside. */
export const routingCrds: readonly JsonObject[] = [
  routingCrd(gateway, 'HTTPRoute', 'httproutes'),
  clusterWide(routingCrd(gateway, 'GatewayClass', 'gatewayclasses')),
  routingCrd(gateway, 'GRPCRoute', 'grpcroutes'),
  routingCrd(gateway, 'TCPRoute', 'tcproutes', 'v1alpha2'),
  routingCrd(gateway, 'TLSRoute', 'tlsroutes', 'v1alpha2'),
  routingCrd('networking.istio.io', 'VirtualService', 'virtualservices', 'v1alpha3', 'v1beta1', 'v1'),
  routingCrd('networking.istio.io', 'DestinationRule', 'destinationrules', 'v1alpha3', 'v1beta1', 'v1'),
  routingCrd('split.smi-spec.io', 'TrafficSplit', 'trafficsplits', 'v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'),
  routingCrd('traefik.io', 'TraefikService', 'traefikservices', 'v1alpha1'),
  routingCrd('getambassador.io', 'Mapping', 'mappings', 'v2', 'v3alpha1'),
  routingCrd('apisix.apache.org', 'ApisixRoute', 'apisixroutes', 'v2'),
  routingCrd('appmesh.k8s.aws', 'VirtualService', 'virtualservices', 'v1beta2'),
  routingCrd('appmesh.k8s.aws', 'VirtualRouter', 'virtualrouters', 'v1beta2'),
  routingCrd('appmesh.k8s.aws', 'VirtualNode', 'virtualnodes', 'v1beta2'),
  routingCrd('elbv2.k8s.aws', 'TargetGroupBinding', 'targetgroupbindings', 'v1beta1'),
  routingCrd('projectcontour.io', 'HTTPProxy', 'httpproxies'),
  routingCrd('gateway.solo.io', 'RouteTable', 'routetables'),
  clusterWide(routingCrd('kuma.io', 'TrafficRoute', 'trafficroutes', 'v1alpha1')),
]
