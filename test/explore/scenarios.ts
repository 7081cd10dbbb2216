import type { JsonObject } from '../../src/lib/json.ts'
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, anIngress, aService, servicePair } from '../builders/objects.ts'
import {
  analysis,
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setMirrorRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { rollout } from '../scenario/expect.ts'
import type { Story } from '../scenario/harness.ts'

/** A story that comes to the same end whatever goes wrong with one call. */
export interface Explorable {
  readonly name: string
  readonly options: Pick<SandboxOptions, 'metrics' | 'pods'>
  /** Tells the story to its end, of the Rollout `web`. */
  readonly tell: (story: Story) => Promise<void>
}

const good: Explorable['options'] = { metrics: [{ metric: 'check', cases: [{ values: [1] }] }] }
const bad: Explorable['options'] = { metrics: [{ metric: 'check', cases: [{ values: [0] }] }] }

const check = anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '5s' }))

const byReplicas = aRollout('web').withReplicas(4).withSteps(setWeight(25), analysis('check'), setWeight(50))
const byRoute = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(34), analysis('check'), setWeight(67))
  .routedByHttpRoute('web')
const paused = byRoute.withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))

/** The first version is out, and the second is asked for. */
const release = async (story: Story, builder: RolloutBuilder, ...objects: readonly object[]): Promise<void> => {
  await story.begin(...servicePair('web'), check, ...objects, builder.build())
  await story.until(rollout('web').isStableAt(1), '10m')
  await story.until(rollout('web').isHealthy(), '10m')
  await story.pass('1m')
  story.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** Long enough for every delay, back-off and takeover. */
const end = '15m'

const isPausedAtFirstStep = async (story: Story): Promise<void> => {
  await story.until(rollout('web').isPaused(/PauseStep|BlueGreenPause/), '10m')
  await story.pass('1m')
}

const simple = (
  name: string,
  options: Explorable['options'],
  builder: RolloutBuilder,
  ...objects: readonly object[]
): Explorable => ({
  name,
  options,
  tell: async (story) => {
    await release(story, builder, ...objects)
    await story.pass(end)
  },
})

const whilePaused = (
  name: string,
  builder: RolloutBuilder,
  objects: readonly object[],
  ...changes: readonly Parameters<Story['act']>[0][]
): Explorable => ({
  name,
  options: good,
  tell: async (story) => {
    await release(story, builder, ...objects)
    await isPausedAtFirstStep(story)
    for (const change of changes) {
      story.act(change)
      await story.pass(end)
    }
  },
})

const route = [anHttpRoute('web')]
const dynamic = paused.withCanary({ dynamicStableScale: true })

const testers = byRoute
  .withManagedRoutes('testers', 'shadow')
  .withSteps(
    setCanaryScale({ replicas: 1 }),
    setHeaderRoute('testers', { 'x-user': 'jane' }),
    pause(),
    setMirrorRoute('shadow', 'GET'),
    setWeight(34),
  )
const pingPong = paused.withCanary({ pingPong: { pingService: 'web-stable', pongService: 'web-canary' } })

/** A patch of the Rollout, as `kubectl patch` sends it. */
const patched = (patch: JsonObject) => ({
  patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch },
})

const templates = [{ templateName: 'check' }]
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
  whilePaused('routes-promoted', testers, route, { promote: { rollout: 'web' } }),
  whilePaused('routes-aborted', testers, route, { abort: { rollout: 'web' } }),
  whilePaused('ping-pong-promoted', pingPong, route, { promote: { rollout: 'web' } }),
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
]
