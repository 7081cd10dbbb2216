import type { AnalysisTemplate } from '../../src/api/analysis-template.ts'
import type { GrpcRoute, HttpRoute } from '../../src/api/kubernetes/gateway-route.ts'
import type { HttpProxy } from '../../src/api/kubernetes/http-proxy.ts'
import type { Ingress } from '../../src/api/kubernetes/ingress.ts'
import type { DestinationRule, VirtualService } from '../../src/api/kubernetes/istio.ts'
import type { Manifest } from '../../src/api/kubernetes/object-meta.ts'
import type { Service } from '../../src/api/kubernetes/service.ts'
import type { TraefikService } from '../../src/api/kubernetes/traefik-service.ts'
import type { Metric } from '../../src/api/metric.ts'

const metadata = (name: string) => ({ name, namespace: 'default' })

/** A Service that selects the pods of an application, by default the one of its own name. */
export const aService = (name: string, app = name): Manifest<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name),
  spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
})

/** The stable and the canary Service of an application. */
export const servicePair = (app: string): readonly Manifest<Service>[] => [
  aService(`${app}-stable`, app),
  aService(`${app}-canary`, app),
]

/** An HTTPRoute of this name with one rule between the two Services, all weight on the stable one. */
export const anHttpRoute = (name: string): Manifest<HttpRoute> => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: metadata(name),
  spec: {
    parentRefs: [{ name: 'gateway' }],
    rules: [
      {
        backendRefs: [
          { name: `${name}-stable`, port: 80, weight: 100 },
          { name: `${name}-canary`, port: 80, weight: 0 },
        ],
      },
    ],
  },
})

/** A GRPCRoute of this name with one rule between the two Services, all weight on the stable one. */
export const aGrpcRoute = (name: string): Manifest<GrpcRoute> => ({ ...anHttpRoute(name), kind: 'GRPCRoute' })

/** A VirtualService of this name with one HTTP route between the two Services, all weight on the stable one. */
export const aVirtualService = (name: string): Manifest<VirtualService> => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: metadata(name),
  spec: {
    hosts: [`${name}.example.com`],
    http: [
      {
        route: [
          { destination: { host: `${name}-stable` }, weight: 100 },
          { destination: { host: `${name}-canary` }, weight: 0 },
        ],
      },
    ],
  },
})

/** A Service, and a VirtualService and a DestinationRule of its name, with subsets `stable`, which has all weight, and `canary`. */
export const subsetsOfOneHost = (
  name: string,
): readonly [Manifest<Service>, Manifest<VirtualService>, Manifest<DestinationRule>] => [
  aService(name),
  {
    ...aVirtualService(name),
    spec: {
      hosts: [name],
      http: [
        {
          route: [
            { destination: { host: name, subset: 'stable' }, weight: 100 },
            { destination: { host: name, subset: 'canary' }, weight: 0 },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'DestinationRule',
    metadata: metadata(name),
    spec: {
      host: name,
      subsets: [
        { name: 'stable', labels: { app: name } },
        { name: 'canary', labels: { app: name } },
      ],
    },
  },
]

/** An ingress of this name that leads to the stable Service. */
export const anIngress = (name: string): Manifest<Ingress> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: metadata(name),
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: `${name}.example.com`,
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: `${name}-stable`, port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
})

/** A weighted TraefikService of this name between the two Services, all weight on the stable one. */
export const aTraefikService = (name: string): Manifest<TraefikService> => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  metadata: metadata(name),
  spec: {
    weighted: {
      services: [
        { name: `${name}-stable`, port: 80, weight: 100 },
        { name: `${name}-canary`, port: 80, weight: 0 },
      ],
    },
  },
})

/** An HTTPProxy of this name with one route between the two Services, all weight on the stable one. */
export const anHttpProxy = (name: string): Manifest<HttpProxy> => ({
  apiVersion: 'projectcontour.io/v1',
  kind: 'HTTPProxy',
  metadata: metadata(name),
  spec: {
    routes: [
      {
        conditions: [{ prefix: '/' }],
        services: [
          { name: `${name}-stable`, port: 80, weight: 100 },
          { name: `${name}-canary`, port: 80, weight: 0 },
        ],
      },
    ],
  },
})

/** A Prometheus metric that is measured every `interval`, `count` times, and must stay at 0.95 or more. */
export const aMetric = (name: string, changes: Partial<Metric> = {}): Metric => ({
  name,
  interval: '10s',
  count: 3,
  successCondition: 'result[0] >= 0.95',
  provider: { prometheus: { address: 'http://prometheus.example:9090', query: `${name}{app="web"}` } },
  ...changes,
})

/** An AnalysisTemplate with these metrics; by default one of its own name. */
export const anAnalysisTemplate = (name: string, ...metrics: Metric[]): Manifest<AnalysisTemplate> => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: metadata(name),
  spec: { metrics: metrics.length === 0 ? [aMetric(name)] : metrics },
})
