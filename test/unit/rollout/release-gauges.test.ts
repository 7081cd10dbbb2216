import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { defineReleaseGauges, phaseBegan } from '../../../src/rollout/release-gauges.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'

const at = (minute: number): string => `2026-05-01T10:${String(minute).padStart(2, '0')}:00Z`
const ms = (minute: number): number => Date.parse(at(minute))

const condition = (type: string, status: 'True' | 'False' | 'Unknown', minute: number) => ({
  type,
  status,
  reason: type,
  message: '',
  lastUpdateTime: at(59),
  lastTransitionTime: at(minute),
})

const valuesOf = async (rollout: Parameters<typeof phaseBegan>[0]): Promise<Record<string, string>> => {
  const metrics = new PrometheusMetrics({ runtime: false })
  defineReleaseGauges(metrics, () => [rollout])
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('crossfade_rollout'))
  return Object.fromEntries(lines.map((line) => [/^crossfade_rollout_(\w+)/.exec(line)?.[1], line.split(' ').at(-1)]))
}

const canary = aRollout('web').withSteps(setWeight(20), pause(), setWeight(60))
const inRelease = { stableRS: 'old', currentPodHash: 'new' }

describe('where a release stands', () => {
  it('is the step, and the weight by the steps where no router is asked', async () => {
    const values = await valuesOf(storedRollout(canary, { ...inRelease, currentStepIndex: 1 }))
    assert.deepEqual(values, { canary_weight: '20', step: '1', steps: '3' })
  })

  it('is the weight that routers have, where they have one', async () => {
    const destination = (weight: number) => ({ weight })
    const weights = { canary: destination(10), stable: destination(90) }
    const values = await valuesOf(storedRollout(canary, { ...inRelease, currentStepIndex: 2, canary: { weights } }))
    assert.equal(values.canary_weight, '10')
  })

  it('is a weight of 0 once the version is stable, and none for blue/green', async () => {
    const settled = { stableRS: 'new', currentPodHash: 'new', currentStepIndex: 3 }
    assert.equal((await valuesOf(storedRollout(canary, settled))).canary_weight, '0')
    const blueGreen = aRollout('web').withBlueGreen({ activeService: 'web' })
    assert.deepEqual(await valuesOf(storedRollout(blueGreen, settled)), {})
  })
})

describe('the beginning of a phase', () => {
  const began = (status: RolloutStatus): number | undefined => phaseBegan(storedRollout(canary, status))

  it('of a healthy Rollout is when it became so', () => {
    assert.equal(began({ phase: 'Healthy', conditions: [condition('Healthy', 'True', 7)] }), ms(7))
  })

  it('of a release that ended well is its end, though pods of the version before still run', () => {
    const duration = { rolloutStartedAt: at(3), finishedAt: at(6) }
    const conditions = [condition('Available', 'True', 1), condition('Healthy', 'False', 3)]
    assert.equal(began({ phase: 'Healthy', duration, conditions }), ms(6))
    const recovered = [condition('Available', 'True', 30), condition('Healthy', 'True', 31)]
    assert.equal(began({ phase: 'Healthy', duration, conditions: recovered }), ms(30))
  })

  it('of a pause is when the last reason to wait came', () => {
    const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: at(9) }]
    const conditions = [condition('Paused', 'True', 5), condition('Progressing', 'Unknown', 20)]
    assert.equal(began({ phase: 'Paused', pauseConditions, conditions }), ms(9))
  })

  it('of a release that goes on is when it began, or was resumed', () => {
    const duration = { rolloutStartedAt: at(3) }
    const conditions = [condition('Healthy', 'False', 3), condition('Paused', 'False', 8)]
    assert.equal(began({ phase: 'Progressing', duration, conditions }), ms(8))
  })

  it('of a failed one is when it was aborted or timed out', () => {
    assert.equal(
      began({ phase: 'Degraded', abortedAt: at(4), conditions: [condition('Progressing', 'False', 2)] }),
      ms(4),
    )
    assert.equal(began({ phase: 'Degraded', conditions: [condition('Progressing', 'False', 6)] }), ms(6))
  })

  it('is left out where nothing tells it', () => {
    assert.equal(began({}), undefined)
    assert.equal(began({ phase: 'Healthy' }), undefined)
  })
})
