import { anHttpRoute } from '../builders/objects.ts'
import { aRollout, experiment, pause, setWeight } from '../builders/rollout-builder.ts'
import { bad, type Explorable, good, simple, whilePaused } from './explorable.ts'

const templates = [
  { name: 'baseline', specRef: 'stable', weight: 10 },
  { name: 'canary', specRef: 'canary', weight: 10 },
]
const judged = experiment({ templates, duration: '3m', analyses: [{ name: 'check', templateName: 'check' }] })

const byRoute = aRollout('web').withReplicas(3).withPorts(8080).routedByHttpRoute('web')
const stepwise = byRoute.withSteps(setWeight(34), judged, setWeight(67))
const endless = byRoute.withSteps(setWeight(34), pause(), experiment({ templates }), setWeight(67), pause('20s'))
const route = [anHttpRoute('web')]
const promote = { promote: { rollout: 'web' } }

/** Releases with an experiment of baseline against canary as a step, both with a share of the traffic. */
export const experimentScenarios: readonly Explorable[] = [
  simple('experiment-good', good, stepwise, ...route),
  simple('experiment-bad', bad, stepwise, ...route),
  whilePaused('experiment-skipped', endless, route, promote, promote),
  whilePaused('experiment-interrupted', endless, route, promote, { setImage: { rollout: 'web', image: 'web:3' } }),
]
