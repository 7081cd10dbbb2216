import { anHttpRoute } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { anAppMesh, appMeshOfWeb } from '../builders/router-objects.ts'
import { type Explorable, whilePaused } from './explorable.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))
const byRoute = web.routedByHttpRoute('web')

const promote = { promote: { rollout: 'web' } }

const route = anHttpRoute('web')

/** What a tool that syncs the route from git does. */
const synced = { apply: [{ ...route, metadata: { ...route.metadata, labels: { synced: 'yes' } } }] }
const gone = { delete: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' } }

/** Routes that others change, or take away for a while, in the middle of a release, and a mesh that learns of a third version. */
export const routeScenarios: readonly Explorable[] = [
  whilePaused('route-synced', byRoute, [route], synced, promote),
  whilePaused('route-gone', byRoute, [route], gone, { apply: [route] }, promote),
  whilePaused('app-mesh-third', web.routedBy({ appMesh: appMeshOfWeb }), anAppMesh('web'), {
    setImage: { rollout: 'web', image: 'web:3' },
  }),
]
