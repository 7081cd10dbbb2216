import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ephemeralMetadataAnnotation, scaleDownDeadlineAnnotation } from '../../src/api/labels.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute } from '../builders/objects.ts'
import { condition, type PublishedState, publishedAt, publishedState } from '../builders/published-state.ts'
import { analysis, aRollout, pause, setCanaryScale, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, runsOf, sizes } from './expect.ts'
import { Takeover, type TakeoverOptions } from './takeover.ts'

/*
 * States as the published controller leaves them, built from what is known of it, and the same Rollout in other words.
 */

const minute = 60_000
const at = (minutes: number): string =>
  new Date(Date.parse(publishedAt) + minutes * minute).toISOString().replace('.000', '')

const web = aRollout('web').withReplicas(3).withSteps(setWeight(25), pause(), setWeight(67)).withImage('web:2')
const routed = web.routedByHttpRoute('web')

const stable = { hash: '5fc9fcddc4', image: 'web:1', pods: 3 }
const canary = { hash: '7d5c4d848', image: 'web:2', pods: 1 }

const available = condition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability')
const unhealthy = condition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy')
const incomplete = condition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted')
const pausedNow = [
  condition('Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused'),
  condition('Paused', 'True', 'RolloutPaused', 'Rollout is paused'),
]
const progressing = condition(
  'Progressing',
  'True',
  'ReplicaSetUpdated',
  `ReplicaSet "web-${canary.hash}" is progressing.`,
)
const underWay = { rolloutStartedAt: publishedAt }

const paused: PublishedState = {
  rollout: web,
  revisions: [stable, canary],
  status: {
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: publishedAt }],
    conditions: [available, unhealthy, incomplete, ...pausedNow],
    duration: { ...underWay, manualPauseStartedAt: publishedAt },
    phase: 'Paused',
    message: 'CanaryPauseStep',
  },
}

const split = (weight: number, others: object = {}) => ({
  weights: {
    canary: { podTemplateHash: canary.hash, serviceName: 'web-canary', weight },
    stable: { podTemplateHash: stable.hash, serviceName: 'web-stable', weight: 100 - weight },
  },
  ...others,
})

/** The route as a plugin of the published controller had left it. */
const routeAt = (weight: number): object => {
  const route = anHttpRoute('web')
  const [rule] = route.spec.rules ?? []
  const backendRefs = (rule?.backendRefs ?? []).map((ref) => ({
    ...ref,
    weight: ref.name === 'web-canary' ? weight : 100 - weight,
  }))
  return { ...route, spec: { ...route.spec, rules: [{ ...rule, backendRefs }] } }
}

const take = async (state: PublishedState, options: Partial<TakeoverOptions> = {}): Promise<Takeover> => {
  const atMs = Date.parse(publishedAt) + 2 * minute
  const takeover = new Takeover({ rollout: 'web', stored: publishedState(state), atMs, ...options })
  await takeover.begin()
  takeover.expectSamePods()
  takeover.expectSamePlace()
  return takeover
}

const untouched = async (state: PublishedState, options: Partial<TakeoverOptions> = {}): Promise<Takeover> => {
  const takeover = await take(state, options)
  takeover.expectNothingWritten()
  return takeover
}

describe('a release that the published controller left', () => {
  it('aborted, its canary about to go: it goes at the time that was set', async () => {
    const aborted = 'Rollout aborted update to revision 2'
    const { story } = await untouched(
      {
        rollout: routed.withCanary({ abortScaleDownDelaySeconds: 1800 }),
        revisions: [stable, { ...canary, annotations: { [scaleDownDeadlineAnnotation]: at(30) } }],
        services: { 'web-stable': stable.hash, 'web-canary': stable.hash },
        status: {
          abort: true,
          abortedAt: publishedAt,
          currentStepIndex: 0,
          canary: split(0),
          conditions: [available, unhealthy, incomplete, condition('Progressing', 'False', 'RolloutAborted', aborted)],
          duration: { ...underWay, completionStatus: 'Aborted', finishedAt: publishedAt },
          phase: 'Degraded',
          message: `RolloutAborted: ${aborted}`,
        },
      },
      { applied: [routeAt(0)] },
    )
    await story.pass('25m')
    expectSizes(story, 'web', { 1: 3, 2: 1 })
    await story.pass('2m')
    expectSizes(story, 'web', { 1: 3 })
    await story.conclude()
  })

  it('promoted, the old version about to go: it goes at the time that was set', async () => {
    const message = `ReplicaSet "web-${canary.hash}" has successfully progressed.`
    const old = { ...stable, annotations: { [scaleDownDeadlineAnnotation]: at(30) } }
    const state: PublishedState = {
      rollout: routed.withCanary({ scaleDownDelaySeconds: 1800 }),
      revisions: [old, { ...canary, pods: 3 }],
      services: { 'web-stable': canary.hash, 'web-canary': canary.hash },
      status: {
        stableRS: canary.hash,
        currentStepIndex: 3,
        canary: {
          weights: {
            canary: { podTemplateHash: canary.hash, serviceName: 'web-canary', weight: 0 },
            stable: { podTemplateHash: canary.hash, serviceName: 'web-stable', weight: 100 },
          },
        },
        conditions: [
          available,
          condition('Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy'),
          condition('Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'),
          condition('Progressing', 'True', 'NewReplicaSetAvailable', message),
        ],
        availableReplicas: 3,
        HPAReplicas: 6,
        duration: { ...underWay, completionStatus: 'Promoted', finishedAt: publishedAt },
        phase: 'Healthy',
      },
    }
    const { story } = await take(state, { applied: [routeAt(0)] })
    await story.pass('25m')
    expectSizes(story, 'web', { 1: 3, 2: 3 })
    await story.pass('2m')
    expectSizes(story, 'web', { 2: 3 })
    await story.conclude()
  })

  it('in the analysis of a step: the same run decides', async () => {
    const run = `web-${canary.hash}-2-1`
    const metric = aMetric('check', { count: 4, interval: '60s' })
    const stored = publishedState({
      rollout: web.withSteps(setWeight(25), analysis('check'), pause()),
      revisions: [stable, canary],
      status: {
        currentStepIndex: 1,
        canary: { currentStepAnalysisRunStatus: { name: run, status: 'Running' } },
        conditions: [available, unhealthy, incomplete, progressing],
        duration: underWay,
        phase: 'Progressing',
        message: 'more replicas need to be updated',
      },
    })
    const measurement = { phase: 'Successful', startedAt: at(1), finishedAt: at(1), value: '[1]' }
    const analysisRun = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name: run,
        namespace: 'default',
        uid: 'uid-run',
        resourceVersion: '99',
        generation: 3,
        creationTimestamp: publishedAt,
        labels: { app: 'web', 'rollout-type': 'Step', 'rollouts-pod-template-hash': canary.hash, 'step-index': '1' },
        annotations: { 'rollout.argoproj.io/revision': '2' },
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Rollout',
            name: 'web',
            uid: 'uid-Rollout-web',
            controller: true,
          },
        ],
      },
      spec: { metrics: [metric] },
      status: {
        phase: 'Running',
        startedAt: publishedAt,
        dryRunSummary: {},
        runSummary: { count: 1 },
        metricResults: [{ name: 'check', phase: 'Running', count: 1, successful: 1, measurements: [measurement] }],
      },
    }
    const takeover = new Takeover({
      rollout: 'web',
      stored: [...stored, JSON.parse(JSON.stringify(analysisRun))],
      applied: [anAnalysisTemplate('check', metric)],
      atMs: Date.parse(at(1)) + 20_000,
      metrics: [{ metric: 'check', cases: [{ values: [1] }] }],
    })
    await takeover.begin()
    takeover.expectSamePods()
    takeover.expectSamePlace()
    const { story } = takeover
    await story.until(rollout('web').isPaused('CanaryPauseStep'), '5m')
    const [only, ...others] = runsOf(story, 'web')
    assert.deepEqual([only?.metadata.uid, others.length, only?.status?.phase], ['uid-run', 0, 'Successful'])
    assert.equal(only?.status?.metricResults?.[0]?.count, 4)
    await story.conclude()
  })

  it('paused by hand: it waits, and goes on when that is over', async () => {
    const { story } = await untouched({
      rollout: web.withSpec({ paused: true }),
      revisions: [stable, { ...canary, pods: 0 }],
      status: {
        currentStepIndex: 0,
        conditions: [available, unhealthy, incomplete, ...pausedNow],
        duration: { ...underWay, manualPauseStartedAt: publishedAt },
        phase: 'Paused',
        message: 'manually paused',
      },
    })
    story.act({ promote: { rollout: 'web' } })
    await story.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    await story.until(sizes('web', { 1: 3, 2: 1 }), '1m')
    await story.conclude()
  })

  it('with setCanaryScale in force: the pods stay without requests', async () => {
    const { story } = await untouched(
      {
        rollout: routed.withSteps(setCanaryScale({ replicas: 2 }), pause(), setWeight(34), pause()),
        revisions: [stable, { ...canary, pods: 2 }],
        services: { 'web-stable': stable.hash, 'web-canary': canary.hash },
        status: { ...paused.status, canary: split(0) },
      },
      { applied: [routeAt(0)] },
    )
    story.act({ promote: { rollout: 'web' } })
    await story.until(rollout('web').hasWeight(34), '2m')
    expectSizes(story, 'web', { 1: 3, 2: 2 })
    await story.conclude()
  })

  it('stuck beyond its progress deadline: it stays so, and another version mends it', async () => {
    const timedOut = `ReplicaSet "web-${canary.hash}" has timed out progressing.`
    const { story } = await untouched(
      {
        rollout: web.withSpec({ progressDeadlineSeconds: 60 }),
        revisions: [stable, { ...canary, ready: 0 }],
        status: {
          currentStepIndex: 0,
          conditions: [
            available,
            unhealthy,
            incomplete,
            condition('Progressing', 'False', 'ProgressDeadlineExceeded', timedOut),
          ],
          duration: underWay,
          phase: 'Degraded',
          message: `ProgressDeadlineExceeded: ${timedOut}`,
        },
      },
      { pods: [{ image: 'web:2', behavior: { neverReady: true } }] },
    )
    story.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await story.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    await story.conclude()
  })
})

/** The Rollout `web` with another template of the same meaning, or of another one. */
const inWords = (template: object): PublishedState => ({
  ...paused,
  rollout: web.withSpec({ template: JSON.parse(JSON.stringify(template)) }),
})

const labels = { app: 'web' }
const container = { name: 'main', image: 'web:2' }

const antiAffinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: {
          matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: [stable.hash] }],
        },
        namespaces: ['default'],
        topologyKey: 'kubernetes.io/hostname',
      },
    ],
  },
}

describe('the same template in other words is the same revision', () => {
  const same: Readonly<Record<string, PublishedState>> = {
    'with the defaults of the server': inWords({
      metadata: { labels },
      spec: {
        containers: [{ ...container, imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' }],
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
      },
    }),
    'with its keys in another order': inWords({
      spec: { containers: [{ image: 'web:2', name: 'main' }] },
      metadata: { labels },
    }),
    'with a null that means nothing': inWords({
      metadata: { creationTimestamp: null, labels },
      spec: { containers: [{ ...container, resources: null }] },
    }),
    'with ephemeral metadata on the pods': {
      ...paused,
      rollout: web.withCanary({ canaryMetadata: { labels: { role: 'canary' } } }),
      revisions: [
        stable,
        {
          ...canary,
          labels: { role: 'canary' },
          annotations: { [ephemeralMetadataAnnotation]: '{"labels":{"role":"canary"}}' },
        },
      ],
    },
    'with injected anti-affinity': {
      ...paused,
      rollout: web.withCanary({ antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }),
      revisions: [stable, { ...canary, affinity: antiAffinity }],
    },
    'under a hash of the older JSON era': { ...paused, revisions: [stable, { ...canary, hash: '6cf78c66c5' }] },
    "under a hash of Kubernetes' own kind": { ...paused, revisions: [{ ...stable, hash: '86644b8bc6' }, canary] },
  }
  for (const [words, state] of Object.entries(same)) {
    it(words, async () => {
      const { story } = await untouched(state)
      story.act({ promote: { rollout: 'web' } })
      await story.until(rollout('web').isHealthy(), '3m')
      await story.until(sizes('web', { 2: 3 }), '1m')
      await story.conclude()
    })
  }
})

describe('another template is another revision', () => {
  const others: Readonly<Record<string, object>> = {
    'with another image': { metadata: { labels }, spec: { containers: [{ ...container, image: 'web:3' }] } },
    'with another value of its environment': {
      metadata: { labels },
      spec: { containers: [{ ...container, env: [{ name: 'MODE', value: 'x' }] }] },
    },
    'with another label': { metadata: { labels: { ...labels, tier: 'front' } }, spec: { containers: [container] } },
  }
  for (const [words, template] of Object.entries(others)) {
    it(words, async () => {
      const takeover = new Takeover({ rollout: 'web', stored: publishedState(inWords(template)) })
      const { story } = takeover
      await takeover.begin()
      story.expect(rollout('web').isPaused('CanaryPauseStep'))
      expectSizes(story, 'web', { 1: 3, 3: 1 })
      assert.equal(story.sandbox.cluster.list('ReplicaSet', 'default').length, 3)
      await story.conclude()
    })
  }
})
