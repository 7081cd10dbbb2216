import type { JsonObject } from '../../src/lib/json.ts'
import { anHttpRoute, anIngress, aService, subsetsOfOneHost } from '../builders/objects.ts'
import { analysis, aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from '../scenario/expect.ts'
import { detours } from './detours.ts'
import { everyRouterScenarios } from './every-router.ts'
import { experimentScenarios } from './experiments.ts'
import { bad, type Explorable, end, good, simple, whilePaused } from './explorable.ts'
import { pluginScenarios } from './plugins.ts'
import { routeScenarios } from './routes.ts'
import { sessionScenarios } from './sessions.ts'

const byReplicas = aRollout('web').withReplicas(4).withSteps(setWeight(25), analysis('check'), setWeight(50))
const byRoute = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(34), analysis('check'), setWeight(67))
  .routedByHttpRoute('web')
const paused = byRoute.withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))

const route = [anHttpRoute('web')]
const dynamic = paused.withCanary({ dynamicStableScale: true })

/** Testers and a weight between two subsets of one host of Istio. */
const meshSubsets = subsetsOfOneHost('web')
const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
const bySubsets = aRollout('web')
  .withReplicas(3)
  .withSteps(setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), setWeight(34), pause())
  .withCanary({ trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule } } })
  .withManagedRoutes('testers')

/** A patch of the Rollout, as `kubectl patch` sends it. */
const patched = (patch: JsonObject) => ({
  patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch },
})

const templates = [{ templateName: 'check' }]
const judgedWithAllTraffic = byRoute.withSteps(setWeight(34)).withCanary({ postPromotionAnalysis: { templates } })
const blueGreen = aRollout('web').withReplicas(3).withBlueGreen({ previewService: 'web-preview' })
const judged = blueGreen.withBlueGreen({
  autoPromotionSeconds: 20,
  previewReplicaCount: 1,
  prePromotionAnalysis: { templates },
})
const judgedAfter = blueGreen.withBlueGreen({ postPromotionAnalysis: { templates } })
const manual = blueGreen.withBlueGreen({ autoPromotionEnabled: false, abortScaleDownDelaySeconds: 10 })
const blueGreenServices = [aService('web-active', 'web'), aService('web-preview', 'web')]

const templateOf = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image }] },
})

/** A Deployment that a Rollout takes over, and then changes like a Deployment does. */
const workloadReference: Explorable = {
  name: 'workload-ref',
  options: good,
  tell: async (story) => {
    const { spec, ...manifest } = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause('20s')).build()
    const { template: _, selector: __, ...rest } = spec
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' }
    const selector = { matchLabels: { app: 'web' } }
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3, selector, template: templateOf('web:1') },
    }
    await story.begin(deployment, { ...manifest, spec: { ...rest, workloadRef } })
    await story.until(rollout('web').isStableAt(1), '10m')
    await story.pass('1m')
    const patch = { spec: { template: templateOf('web:2') } }
    story.act({ patch: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', patch } })
    await story.pass(end)
  },
}

/** What is explored: every way in which a release moves traffic or pods, forwards and back. */
export const explorables: readonly Explorable[] = [
  simple('replicas-good', good, byReplicas),
  simple('replicas-bad', bad, byReplicas),
  simple('http-route-good', good, byRoute, ...route),
  simple('http-route-bad', bad, byRoute, ...route),
  simple(
    'nginx-good',
    good,
    byRoute.withCanary({ trafficRouting: { nginx: { stableIngress: 'web' } } }),
    anIngress('web'),
  ),
  whilePaused('http-route-promoted', paused, route, { promote: { rollout: 'web' } }),
  whilePaused('http-route-aborted', paused, route, { abort: { rollout: 'web' } }),
  whilePaused('abort-then-retry', paused, route, { abort: { rollout: 'web' } }, { retry: { rollout: 'web' } }),
  whilePaused('promote-full', paused, route, { promote: { rollout: 'web', full: true } }),
  whilePaused('third-revision', paused, route, { setImage: { rollout: 'web', image: 'web:3' } }),
  whilePaused('reverted', paused, route, { setImage: { rollout: 'web', image: 'web:1' } }),
  whilePaused('dynamic-aborted', dynamic, route, { promote: { rollout: 'web' } }, { abort: { rollout: 'web' } }),
  whilePaused('istio-subsets-third', bySubsets, meshSubsets, { setImage: { rollout: 'web', image: 'web:3' } }),
  ...routeScenarios,
  ...sessionScenarios,
  whilePaused(
    'router-left',
    dynamic,
    route,
    patched({ spec: { strategy: { canary: { trafficRouting: null, dynamicStableScale: null } } } }),
  ),
  whilePaused(
    'scaled',
    paused,
    route,
    { scale: { rollout: 'web', replicas: 5 } },
    { scale: { rollout: 'web', replicas: 2 } },
  ),
  simple('post-promotion-good', good, judgedWithAllTraffic, ...route),
  simple('post-promotion-bad', bad, judgedWithAllTraffic, ...route),
  simple('blue-green-good', good, judged, ...blueGreenServices),
  simple('blue-green-bad', bad, judged, ...blueGreenServices),
  simple('blue-green-bad-after', bad, judgedAfter, ...blueGreenServices),
  whilePaused('blue-green-promoted', manual, blueGreenServices, { promote: { rollout: 'web' } }),
  whilePaused(
    'blue-green-aborted',
    manual,
    blueGreenServices,
    { abort: { rollout: 'web' } },
    { retry: { rollout: 'web' } },
  ),
  whilePaused('blue-green-third', manual, blueGreenServices, { setImage: { rollout: 'web', image: 'web:3' } }),
  workloadReference,
  ...detours,
  ...experimentScenarios,
  ...pluginScenarios,
  ...everyRouterScenarios,
]
