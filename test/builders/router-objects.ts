/** An Ingress of this name in which an action of an AWS load balancer stands for a Service, by default the stable one. */
export const anAlbIngress = (name: string, service = `${name}-stable`) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 'default' },
  spec: {
    rules: [
      {
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: service, port: { name: 'use-annotation' } } },
            },
          ],
        },
      },
    ],
  },
})

/** A Mapping of Ambassador of this name that leads to the stable Service. */
export const aMapping = (name: string) => ({
  apiVersion: 'getambassador.io/v2',
  kind: 'Mapping',
  metadata: { name, namespace: 'default' },
  spec: { prefix: '/', service: `${name}-stable:80` },
})

/** An ApisixRoute of this name with one rule between the two Services, all weight on the stable one. */
export const anApisixRoute = (name: string) => ({
  apiVersion: 'apisix.apache.org/v2',
  kind: 'ApisixRoute',
  metadata: { name, namespace: 'default' },
  spec: {
    http: [
      {
        name: 'all',
        match: { paths: ['/*'] },
        backends: [
          { serviceName: `${name}-stable`, servicePort: 80, weight: 100 },
          { serviceName: `${name}-canary`, servicePort: 80, weight: 0 },
        ],
      },
    ],
  },
})

/** A VirtualService of App Mesh of this name, its VirtualRouter, and a VirtualNode for each of the two Services. */
export const anAppMesh = (name: string) => {
  const object = (kind: string, suffix: string, spec: object) => ({
    apiVersion: 'appmesh.k8s.aws/v1beta2',
    kind,
    metadata: { name: `${name}${suffix}`, namespace: 'default' },
    spec,
  })
  const node = (role: 'stable' | 'canary') =>
    object('VirtualNode', `-${role}`, {
      podSelector: { matchLabels: { app: name } },
      serviceDiscovery: { dns: { hostname: `${name}-${role}.default.svc.cluster.local` } },
    })
  const target = (role: 'stable' | 'canary', weight: number) => ({
    virtualNodeRef: { name: `${name}-${role}` },
    weight,
  })
  const weightedTargets = [target('canary', 0), target('stable', 100)]
  return [
    object('VirtualService', '', { provider: { virtualRouter: { virtualRouterRef: { name } } } }),
    object('VirtualRouter', '', { routes: [{ name: 'all', httpRoute: { action: { weightedTargets } } }] }),
    node('canary'),
    node('stable'),
  ]
}

/** What a Rollout `web` says about {@link anAppMesh}. */
export const appMeshOfWeb = {
  virtualService: { name: 'web' },
  virtualNodeGroup: {
    canaryVirtualNodeRef: { name: 'web-canary' },
    stableVirtualNodeRef: { name: 'web-stable' },
  },
}

/** A RouteTable of Gloo with one route between the two Services or their Upstreams, all weight on the stable one. */
export const aRouteTable = (name: string, by: 'kube' | 'upstream' = 'kube') => ({
  apiVersion: 'gateway.solo.io/v1',
  kind: 'RouteTable',
  metadata: { name, namespace: 'default' },
  spec: {
    routes: [
      {
        matchers: [{ prefix: '/' }],
        routeAction: {
          multi: {
            destinations: ['stable', 'canary'].map((role) => ({
              weight: role === 'stable' ? 100 : 0,
              destination:
                by === 'kube'
                  ? { kube: { ref: { name: `${name}-${role}`, namespace: 'default' }, port: 80 } }
                  : { upstream: { name: `default-${name}-${role}-80`, namespace: 'gloo-system' } },
            })),
          },
        },
      },
    ],
  },
})

/** A TrafficRoute of Kuma that splits between the two Services, all weight on the stable one. */
export const aKumaTrafficRoute = (name: string) => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: 'TrafficRoute',
  metadata: { name },
  spec: {
    conf: {
      split: ['stable', 'canary'].map((role) => ({
        weight: role === 'stable' ? 100 : 0,
        destination: { 'kuma.io/service': `${name}-${role}_default_svc_80` },
      })),
    },
  },
})

/** An Ingress for Skipper with both Services behind one path, all weight on the stable one. */
export const aSkipperIngress = (name: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 'default', annotations: { 'zalando.org/backend-weights': `{"${name}-stable": 100}` } },
  spec: {
    rules: [
      {
        http: {
          paths: ['stable', 'canary'].map((role) => ({
            path: '/',
            pathType: 'Prefix',
            backend: { service: { name: `${name}-${role}`, port: { number: 80 } } },
          })),
        },
      },
    ],
  },
})
