import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metric } from '../../../src/api/metric.ts'
import { isConflict } from '../../../src/kube/errors.ts'
import type { FaultKind, FaultTarget } from '../../../src/sandbox/faults.ts'
import { controllerUser } from '../../../src/sandbox/operator-port.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { AnalysisStory } from '../../builders/analysis-story.ts'

const kinds: readonly FaultKind[] = [
  'error',
  'throttle',
  'conflict',
  'network',
  'lose-response',
  'hang',
  'crash-before',
  'crash-after',
  'stale',
]

const query = metricOf({ successCondition: 'result[0] < 0.05', count: 2, interval: '10s' })
const container = { name: 'main', image: 'load:1' }
const jobMetric: Metric = {
  name: 'load-test',
  provider: {
    job: { spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
  },
}

const storyWith = (kind: FaultKind, target: FaultTarget, nth: number): AnalysisStory =>
  new AnalysisStory({
    metrics: [{ query: 'errors', cases: [{ values: [0.01] }] }],
    pods: [{ image: 'load', behavior: { runForMs: 30_000 } }],
    faults: [{ kind, target: { user: controllerUser, ...target }, nth }],
  })

describe('an AnalysisRun comes to the same end', () => {
  for (const kind of kinds) {
    for (const nth of [1, 2, 3]) {
      it(`when ${kind} hits status write ${nth}`, async () => {
        const story = storyWith(kind, { verb: 'patch', resource: 'analysisruns.argoproj.io' }, nth)
        await story.begin({ metrics: [query] })
        await story.untilPhase('Successful', 300)
        const [result] = story.run?.status?.metricResults ?? []
        assert.deepEqual([result?.count, result?.successful, result?.measurements?.length], [2, 2, 2])
      })
    }
  }

  for (const kind of kinds) {
    it(`when ${kind} hits the creation of its Job, which runs only once`, async () => {
      const story = storyWith(kind, { verb: 'create', resource: 'jobs.batch' }, 1)
      await story.begin({ metrics: [jobMetric] })
      await story.untilPhase('Successful', 300)
      assert.equal(story.jobs.length, 1)
    })

    it(`when ${kind} hits the write that records its Job, which runs only once`, async () => {
      const story = storyWith(kind, { verb: 'patch', resource: 'analysisruns.argoproj.io' }, 2)
      await story.begin({ metrics: [jobMetric] })
      await story.untilPhase('Successful', 300)
      assert.equal(story.jobs.length, 1)
    })
  }
})

it('an AnalysisRun that somebody else wrote to is not written again before the cache has their version', async () => {
  const story = new AnalysisStory({ metrics: [{ query: 'errors', cases: [{ values: [0.01] }] }] })
  await story.begin({ metrics: [metricOf({ successCondition: 'result[0] < 0.05', count: 3, interval: '10s' })] })
  await story.pass(5)
  const { server } = story.sandbox
  server.holdWatches(controllerUser)
  story.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'check', annotations: { note: 'of somebody else' } },
  })
  let conflicts = 0
  server.intercept({
    after: ({ user }, { error }) => {
      if (user === controllerUser && isConflict(error)) conflicts++
    },
  })
  await story.pass(20)
  assert.equal(conflicts, 1)
  server.releaseWatches(controllerUser)
  await story.untilPhase('Successful', 60)
})
