import { aMetric, anAnalysisTemplate, anHttpRoute, aService } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from '../scenario/expect.ts'
import type { Story } from '../scenario/harness.ts'
import { type Explorable, end, good, isPausedAtFirstStep, release, simple, whilePaused } from './explorable.ts'

/*
 * What people do besides letting a release run or stopping it: restarts, other strategies, ways back, and changes of mind in
 * the middle of an analysis.
 */

const byRoute = aRollout('web').withReplicas(3).routedByHttpRoute('web')
const paused = byRoute.withSteps(setWeight(34), pause(), setWeight(67), pause('20s'))
const route = [anHttpRoute('web')]
const active = [aService('web-active', 'web'), aService('web-preview', 'web')]
const blueGreen = aRollout('web').withReplicas(3).withBlueGreen({ previewService: 'web-preview' })
const templates = [{ templateName: 'slow' }]
const slow = anAnalysisTemplate('slow', aMetric('check', { count: 20, interval: '30s' }))

const patchSpec = (story: Story, spec: object): void => {
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }
  story.act({ patch: { ...target, patch: { spec: JSON.parse(JSON.stringify(spec)) } } })
}

const instant = (story: Story): string =>
  new Date(Math.ceil(story.sandbox.clock.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z')

const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
}

/** Every pod is replaced while a release waits; a budget lets one go at a time. */
const restarted: Explorable = {
  name: 'restarted',
  options: good,
  tell: async (story) => {
    await release(story, paused, budget, ...route)
    await isPausedAtFirstStep(story)
    patchSpec(story, { restartAt: instant(story) })
    await story.pass(end)
  },
}

/** A settled canary becomes blue/green, and releases then. */
const toBlueGreen: Explorable = {
  name: 'canary-to-blue-green',
  options: good,
  tell: async (story) => {
    await release(story, aRollout('web').withReplicas(3).withSteps(setWeight(34), pause('10s')), ...active)
    await story.pass(end)
    const strategy = { canary: null, blueGreen: { activeService: 'web-active', previewService: 'web-preview' } }
    patchSpec(story, { strategy })
    await story.pass(end)
    story.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await story.pass(end)
  },
}

/** A preview waits while blue/green becomes a canary, which goes on with its steps. */
const toCanary: Explorable = {
  name: 'blue-green-to-canary',
  options: good,
  tell: async (story) => {
    await release(story, blueGreen.withBlueGreen({ autoPromotionEnabled: false }), ...active)
    await isPausedAtFirstStep(story)
    patchSpec(story, { strategy: { blueGreen: null, canary: { steps: [setWeight(34), pause('20s')] } } })
    await story.pass(end)
  },
}

/** A command that comes while metrics are being measured. */
const duringAnalysis = (
  name: string,
  change: Parameters<Story['act']>[0],
  byPeople: 'steps' | 'switch',
): Explorable => ({
  name,
  options: good,
  tell: async (story) => {
    if (byPeople === 'steps') await release(story, byRoute.withSteps(setWeight(34), analysis('slow')), slow, ...route)
    else await release(story, blueGreen.withBlueGreen({ postPromotionAnalysis: { templates } }), slow, ...active)
    await story.pass('1m')
    story.act(change)
    await story.pass(end)
  },
})

/** Three versions are out, one after the other, and the first is asked for again. */
const rolledBack: Explorable = {
  name: 'rollback-in-window',
  options: good,
  tell: async (story) => {
    const windowed = byRoute.withSteps(setWeight(34), pause('10s')).withSpec({ rollbackWindow: { revisions: 3 } })
    await release(story, windowed, ...route)
    await story.pass('5m')
    story.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await story.pass('5m')
    story.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await story.pass(end)
  },
}

/** The version before is asked for again while it has all its pods. */
const fastRollback: Explorable = {
  name: 'blue-green-rollback',
  options: good,
  tell: async (story) => {
    await release(story, blueGreen.withBlueGreen({ scaleDownDelaySeconds: 3600 }), ...active)
    await story.until(rollout('web').isStableAt(2), '10m')
    await story.pass('5m')
    story.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await story.pass('2h')
  },
}

/** What is explored beside the plain releases. */
export const detours: readonly Explorable[] = [
  restarted,
  toBlueGreen,
  toCanary,
  duringAnalysis('abort-in-analysis', { abort: { rollout: 'web' } }, 'steps'),
  duringAnalysis('promote-full-in-analysis', { promote: { rollout: 'web', full: true } }, 'steps'),
  duringAnalysis('blue-green-abort-after', { abort: { rollout: 'web' } }, 'switch'),
  rolledBack,
  fastRollback,
  whilePaused(
    'dynamic-third-revision',
    paused.withCanary({ dynamicStableScale: true }),
    route,
    { promote: { rollout: 'web' } },
    { setImage: { rollout: 'web', image: 'web:3' } },
    { promote: { rollout: 'web' } },
  ),
  whilePaused('held-by-hand', paused, route, { pause: { rollout: 'web' } }, { promote: { rollout: 'web' } }),
  simple('background', good, paused.withCanary({ analysis: { templates: [{ templateName: 'check' }] } }), ...route),
]
