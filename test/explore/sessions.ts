import assert from 'node:assert/strict'
import { anHttpRoute, anIngress, aVirtualService, subsetsOfOneHost } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setRequestRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { answersTo, cookiesOf } from '../scenario/expect.ts'
import type { Story } from '../scenario/harness.ts'
import { type Explorable, end, good, isPausedAtFirstStep, release, whilePaused } from './explorable.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))

const common = { sessionAffinity: { cookieName: 'seen' }, managedRoutes: [{ name: 'beta' }] }
const byRoute = web.routedBy({ gatewayAPI: { httpRoute: 'web' }, ...common })
const istio = { virtualService: { name: 'web' } }
const byHosts = web.routedBy({ istio, ...common })
const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
const bySubsets = web.withCanary({ trafficRouting: { istio: { ...istio, destinationRule }, ...common } })

const byIngress = web
  .routedBy({ nginx: { stableIngress: 'web' }, managedRoutes: [{ name: 'beta' }] })
  .withSteps(
    setCanaryScale({ replicas: 1 }),
    setRequestRoute('beta', { cookie: ['beta', 'always'] }),
    pause(),
    setCanaryScale({ matchTrafficWeight: true }),
    setWeight(34),
  )

const promote = { promote: { rollout: 'web' } }
const abort = { abort: { rollout: 'web' } }

/** A user who was answered by the canary in its first step is answered by nothing else until that version is stable. */
const keepsItsUser = async (story: Story): Promise<void> => {
  await isPausedAtFirstStep(story)
  const [pair = ''] = (cookiesOf(story, 'web', {})[2] ?? '').split(';')
  const user = { headers: { cookie: pair } }
  story.sandbox.cluster.onChange(({ kind }) => {
    if (!['HTTPRoute', 'VirtualService', 'DestinationRule', 'Service'].includes(kind)) return
    assert.deepEqual(answersTo(story, 'web', user).answers, { 2: 100 }, story.describe())
  })
}

const keeping = (name: string, builder: RolloutBuilder, ...objects: readonly object[]): Explorable => ({
  name,
  options: good,
  tell: async (story) => {
    await release(story, builder, ...objects)
    await keepsItsUser(story)
    story.act(promote)
    await story.pass(end)
  },
})

/** Releases that keep users who met the canary, or choose them by a cookie. */
export const sessionScenarios: readonly Explorable[] = [
  keeping('sessions-route-promoted', byRoute, anHttpRoute('web')),
  keeping('sessions-hosts-promoted', byHosts, aVirtualService('web')),
  keeping('sessions-subsets-promoted', bySubsets, ...subsetsOfOneHost('web')),
  whilePaused('sessions-route-third', byRoute, [anHttpRoute('web')], { setImage: { rollout: 'web', image: 'web:3' } }),
  whilePaused('sessions-subsets-aborted', bySubsets, subsetsOfOneHost('web'), abort),
  whilePaused('cookie-ingress-promoted', byIngress, [anIngress('web')], promote),
  whilePaused('cookie-ingress-aborted', byIngress, [anIngress('web')], abort),
]
