import { anHttpProxy, aTraefikService } from '../builders/objects.ts'
import { aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { aMapping, anAlbIngress, anApisixRoute, anAppMesh, appMeshOfWeb } from '../builders/router-objects.ts'
import { type Explorable, whilePaused } from './explorable.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))

const bySmi = web.routedBy({ smi: {} })
const byTraefik = web.routedBy({ traefik: { weightedTraefikServiceName: 'web' } })
const byAmbassador = web.routedBy({ ambassador: { mappings: ['web'] } })
const byAppMesh = web.routedBy({ appMesh: appMeshOfWeb })

const testers = web.withSteps(
  setCanaryScale({ replicas: 1 }),
  setHeaderRoute('testers', { 'x-user': 'jane' }),
  pause(),
  setWeight(34),
)
const byContour = testers.routedBy({ contour: { httpProxies: ['web'] } }).withManagedRoutes('testers')
const byAlb = testers.routedBy({ alb: { ingress: 'web', servicePort: 80 } }).withManagedRoutes('testers')
const byApisix = testers.routedBy({ apisix: { route: { name: 'web' } } }).withManagedRoutes('testers')

const promote = { promote: { rollout: 'web' } }
const abort = { abort: { rollout: 'web' } }

/** Releases by objects that split by weights: some that the controller makes, and some that it finds. */
export const weightedRouterScenarios: readonly Explorable[] = [
  whilePaused('smi-promoted', bySmi, [], promote),
  whilePaused('smi-aborted', bySmi, [], abort),
  whilePaused('traefik-promoted', byTraefik, [aTraefikService('web')], promote),
  whilePaused('contour-promoted', byContour, [anHttpProxy('web')], promote),
  whilePaused('contour-aborted', byContour, [anHttpProxy('web')], abort),
  whilePaused('alb-promoted', byAlb, [anAlbIngress('web')], promote),
  whilePaused('alb-aborted', byAlb, [anAlbIngress('web')], abort),
  whilePaused('ambassador-promoted', byAmbassador, [aMapping('web')], promote),
  whilePaused('ambassador-aborted', byAmbassador, [aMapping('web')], abort),
  whilePaused('apisix-promoted', byApisix, [anApisixRoute('web')], promote),
  whilePaused('apisix-aborted', byApisix, [anApisixRoute('web')], abort),
  whilePaused('app-mesh-promoted', byAppMesh, anAppMesh('web'), promote),
  whilePaused('app-mesh-third', byAppMesh, anAppMesh('web'), { setImage: { rollout: 'web', image: 'web:3' } }),
]
