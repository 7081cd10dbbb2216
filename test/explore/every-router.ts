import type { CanaryStep } from '../../src/api/steps.ts'
import type { RouterAbility } from '../../src/routers/router.ts'
import {
  aGrpcRoute,
  anHttpProxy,
  anHttpRoute,
  anIngress,
  aService,
  aTraefikService,
  aVirtualService,
  subsetsOfOneHost,
} from '../builders/objects.ts'
import { pluginName } from '../builders/plugins.ts'
import {
  aRollout,
  experiment,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import {
  aKumaTrafficRoute,
  aMapping,
  anAlbIngress,
  anApisixRoute,
  anAppMesh,
  appMeshOfWeb,
  aRouteTable,
  aSkipperIngress,
} from '../builders/router-objects.ts'
import { pluginConfigMap } from '../scenario/plugin-host.ts'
import { type Explorable, good, whilePaused } from './explorable.ts'
import { pluginNet } from './plugins.ts'

/** A router with the objects that people keep for it, and what a release can ask of it. */
interface Explored {
  readonly builder: RolloutBuilder
  readonly objects: readonly object[]
  readonly can: readonly RouterAbility[]
  readonly options?: Explorable['options']
}

const web = aRollout('web').withReplicas(3).withPorts(8080)

const [hostService, ...meshSubsets] = subsetsOfOneHost('web')
const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }

const all: readonly RouterAbility[] = ['header-routes', 'mirror-routes', 'additional-destinations', 'ping-pong']
const headersAndExperiments: readonly RouterAbility[] = ['header-routes', 'additional-destinations', 'ping-pong']

/** A TraefikService in front of the weighted one, by which requests are copied. */
const mirroring = {
  ...aTraefikService('web'),
  metadata: { name: 'web-mirror', namespace: 'default' },
  spec: { mirroring: { kind: 'TraefikService', name: 'web' } },
}
const gatewayPlugin = { 'argoproj-labs/gatewayAPI': { httpRoutes: [{ name: 'web', useHeaderRoutes: true }] } }

/** Every router, or way to use one, under the name that its scenarios begin with. */
export const exploredRouters: Readonly<Record<string, Explored>> = {
  route: { builder: web.routedByHttpRoute('web'), objects: [anHttpRoute('web')], can: all },
  grpc: {
    builder: web.routedBy({ gatewayAPI: { grpcRoute: 'web' } }),
    objects: [aGrpcRoute('web')],
    can: headersAndExperiments,
  },
  'gateway-plugin': { builder: web.routedBy({ plugins: gatewayPlugin }), objects: [anHttpRoute('web')], can: all },
  'istio-hosts': {
    builder: web.routedBy({ istio: { virtualService: { name: 'web' } } }),
    objects: [aVirtualService('web')],
    can: all,
  },
  'istio-subsets': {
    builder: web.withCanary({ trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule } } }),
    objects: [hostService, ...meshSubsets],
    can: ['header-routes', 'mirror-routes', 'additional-destinations'],
  },
  nginx: { builder: web.routedByIngress('web'), objects: [anIngress('web')], can: ['header-routes'] },
  alb: {
    builder: web.routedBy({ alb: { ingress: 'web', servicePort: 80 } }),
    objects: [anAlbIngress('web')],
    can: ['header-routes', 'additional-destinations'],
  },
  'alb-root': {
    builder: web.routedBy({ alb: { ingress: 'web', rootService: 'web', servicePort: 80 } }),
    objects: [aService('web'), anAlbIngress('web', 'web')],
    can: headersAndExperiments,
  },
  smi: { builder: web.routedBy({ smi: {} }), objects: [], can: ['additional-destinations'] },
  traefik: {
    builder: web.routedBy({
      traefik: { weightedTraefikServiceName: 'web', mirroringTraefikServiceName: 'web-mirror' },
    }),
    objects: [aTraefikService('web'), mirroring],
    can: ['mirror-routes', 'additional-destinations'],
  },
  apisix: {
    builder: web.routedBy({ apisix: { route: { name: 'web' } } }),
    objects: [anApisixRoute('web')],
    can: ['header-routes'],
  },
  ambassador: { builder: web.routedBy({ ambassador: { mappings: ['web'] } }), objects: [aMapping('web')], can: [] },
  'app-mesh': { builder: web.routedBy({ appMesh: appMeshOfWeb }), objects: anAppMesh('web'), can: [] },
  contour: { builder: web.routedBy({ contour: { httpProxies: ['web'] } }), objects: [anHttpProxy('web')], can: all },
  gloo: {
    builder: web.routedBy({ gloo: { routeTables: ['web'] } }),
    objects: [aRouteTable('web', 'upstream')],
    can: all,
  },
  kuma: {
    builder: web.routedBy({ kuma: { trafficRoutes: ['web'] } }),
    objects: [aKumaTrafficRoute('web')],
    can: headersAndExperiments,
  },
  skipper: {
    builder: web.routedBy({ skipper: { ingresses: ['web'] } }),
    objects: [aSkipperIngress('web')],
    can: ['header-routes', 'ping-pong'],
  },
  plugin: {
    builder: web.routedByPlugin(pluginName, { settleSeconds: 3 }),
    objects: [pluginConfigMap()],
    can: all,
    options: { net: pluginNet },
  },
}

const promote = { promote: { rollout: 'web' } }
const abort = { abort: { rollout: 'web' } }
const third = { setImage: { rollout: 'web', image: 'web:3' } }

const mirrored: CanaryStep = { setMirrorRoute: { name: 'shadow', match: [{ path: { prefix: '/' } }], percentage: 50 } }

const templates = [
  { name: 'baseline', specRef: 'stable', weight: 10 },
  { name: 'canary', specRef: 'canary', weight: 10 },
]

/** A release that asks everything of a router that it can do; with `duration` its experiment ends by itself. */
const asking = ({ builder, can }: Explored, duration?: string): RolloutBuilder => {
  const does = (ability: RouterAbility): boolean => can.includes(ability)
  const routes = [
    ...(does('header-routes') ? [setHeaderRoute('testers', { 'x-user': 'jane' })] : []),
    ...(does('mirror-routes') ? [mirrored] : []),
  ]
  const names = [...(does('header-routes') ? ['testers'] : []), ...(does('mirror-routes') ? ['shadow'] : [])]
  const beside = does('additional-destinations')
    ? [experiment({ templates, ...(duration !== undefined && { duration }) })]
    : []
  return builder
    .withManagedRoutes(...names)
    .withSteps(
      setCanaryScale({ replicas: 1 }),
      ...routes,
      pause(),
      setCanaryScale({ matchTrafficWeight: true }),
      setWeight(34),
      ...beside,
      setWeight(67),
      pause('20s'),
    )
}

/** What every release writes and reads, whatever routes its requests. */
const ofEveryRelease: ReadonlySet<string> = new Set([
  'rollouts.argoproj.io',
  'replicasets.apps',
  'pods',
  'analysisruns.argoproj.io',
  'analysistemplates.argoproj.io',
  'clusteranalysistemplates.argoproj.io',
  'experiments.argoproj.io',
  'jobs.batch',
])

const told = (explorable: Explorable, { options = good }: Explored): Explorable => ({
  ...explorable,
  options,
  about: ({ resource }) => !ofEveryRelease.has(resource),
})

const releasesOf = ([name, explored]: readonly [string, Explored]): readonly Explorable[] => {
  const { builder, objects, can } = explored
  const pingPong = { pingService: 'web-stable', pongService: 'web-canary' }
  const swapping = builder.withSteps(setWeight(34), pause(), setWeight(67)).withCanary({ pingPong })
  const hasExperiment = can.includes('additional-destinations')
  return [
    whilePaused(`${name}-promoted`, asking(explored, '30s'), objects, promote),
    // Where there is an experiment it runs on and on, and is what the abort meets.
    whilePaused(`${name}-aborted`, asking(explored), objects, ...(hasExperiment ? [promote] : []), abort),
    ...(can.includes('ping-pong')
      ? [whilePaused(`${name}-ping-pong`, swapping, objects, promote, third, promote)]
      : []),
  ].map((one) => told(one, explored))
}

/** Releases by each router that ask for all that it can do, and are promoted, aborted, or change roles of Services. */
export const everyRouterScenarios: readonly Explorable[] = Object.entries(exploredRouters).flatMap(releasesOf)
