import { anHttpProxy, aTraefikService } from '../builders/objects.ts'
import { aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { type Explorable, whilePaused } from './explorable.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))

const bySmi = web.routedBy({ smi: {} })
const byTraefik = web.routedBy({ traefik: { weightedTraefikServiceName: 'web' } })
const byContour = web
  .routedBy({ contour: { httpProxies: ['web'] } })
  .withManagedRoutes('testers')
  .withSteps(setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause(), setWeight(34))

const promote = { promote: { rollout: 'web' } }
const abort = { abort: { rollout: 'web' } }

/** Releases by objects that list Services with weights: one that the controller makes, and two that it finds. */
export const weightedRouterScenarios: readonly Explorable[] = [
  whilePaused('smi-promoted', bySmi, [], promote),
  whilePaused('smi-aborted', bySmi, [], abort),
  whilePaused('traefik-promoted', byTraefik, [aTraefikService('web')], promote),
  whilePaused('contour-promoted', byContour, [anHttpProxy('web')], promote),
  whilePaused('contour-aborted', byContour, [anHttpProxy('web')], abort),
]
