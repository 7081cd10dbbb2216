import { anHttpRoute, anIngress } from '../builders/objects.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { aKumaTrafficRoute, aRouteTable, aSkipperIngress } from '../builders/router-objects.ts'
import { type Explorable, whilePaused } from './explorable.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))
const byRoute = web.routedByHttpRoute('web')

/** Routers that are additions to the published API, and ingress-nginx, each with the object that people keep. */
const routers: Readonly<Record<string, readonly [RolloutBuilder, object]>> = {
  nginx: [web.routedByIngress('web'), anIngress('web')],
  gloo: [web.routedBy({ gloo: { routeTables: ['web'] } }), aRouteTable('web')],
  kuma: [web.routedBy({ kuma: { trafficRoutes: ['web'] } }), aKumaTrafficRoute('web')],
  skipper: [web.routedBy({ skipper: { ingresses: ['web'] } }), aSkipperIngress('web')],
}
const promote = { promote: { rollout: 'web' } }
const abort = { abort: { rollout: 'web' } }

const route = anHttpRoute('web')

/** What a tool that syncs the route from git does. */
const synced = { apply: [{ ...route, metadata: { ...route.metadata, labels: { synced: 'yes' } } }] }
const gone = { delete: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' } }

/** Releases by these routers, and routes that others change, or take away for a while, in the middle of one. */
export const routeScenarios: readonly Explorable[] = [
  ...Object.entries(routers).flatMap(([name, [builder, object]]) => [
    whilePaused(`${name}-promoted`, builder, [object], promote),
    whilePaused(`${name}-aborted`, builder, [object], abort),
  ]),
  whilePaused('route-synced', byRoute, [route], synced, promote),
  whilePaused('route-gone', byRoute, [route], gone, { apply: [route] }, promote),
]
