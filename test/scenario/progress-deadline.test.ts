import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, sizes, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSpec({ progressDeadlineSeconds: 60 }).withSteps(setWeight(50))
const broken = { pods: [{ image: 'web:2', behavior: { neverReady: true } }] }

const release = async (told: Story, builder = web): Promise<void> => {
  await told.begin(builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

describe('a version whose pods never become ready', () => {
  story('degrades the Rollout after its progress deadline, and is kept', broken, async (told) => {
    await release(told)
    const began = told.nowMs
    await told.until(
      rollout('web').isDegraded(/^ProgressDeadlineExceeded: ReplicaSet "web-.*" has timed out progressing\.$/),
      '5m',
    )
    const took = (told.nowMs - began) / 1000
    assert.ok(took >= 60 && took <= 75, `${took} s`)
    await told.pass('10m')
    assert.notEqual(theRollout(told.sandbox, 'web').status?.abort, true)
  })

  story('is aborted there when the Rollout says so', broken, async (told) => {
    await release(told, web.withSpec({ progressDeadlineAbort: true }))
    await told.until(
      rollout('web').isDegraded(/^RolloutAborted: Rollout aborted update to revision 2: .*timed out progressing/),
      '5m',
    )
    await told.until(sizes('web', { 1: 4 }), '1m')
  })

  story('never takes the place of pods that serve', broken, async (told) => {
    let fewest = 4
    await release(told)
    told.sandbox.cluster.onChange(() => {
      const [stable] = told.sandbox.cluster
        .list('ReplicaSet', 'default')
        .filter(({ spec }) => JSON.stringify(spec).includes('web:1'))
      fewest = Math.min(fewest, stable?.status?.availableReplicas ?? 0)
    })
    await told.pass('1h')
    assert.ok(fewest >= 3, `${fewest} pods of the stable version were available`)
  })

  story('recovers with the next version', broken, async (told) => {
    await release(told)
    await told.until(rollout('web').isDegraded(), '5m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 3: 4 })
  })
})

describe('the progress deadline', () => {
  story('does not run while a release waits for a person', {}, async (told) => {
    await release(told, web.withSteps(setWeight(50), pause()))
    await told.until(rollout('web').isPaused('CanaryPauseStep'))
    await told.pass('24h')
    told.expect(rollout('web').isPaused('CanaryPauseStep'))
  })
})

describe('a version that crashes after a while', () => {
  const crashing = { pods: [{ image: 'web:2', behavior: { crashAfterMs: 20_000 } }] }

  story('counts as available only for as long as minReadySeconds ask', crashing, async (told) => {
    await release(told, web.withSpec({ minReadySeconds: 30 }))
    await told.until(rollout('web').isDegraded(/^ProgressDeadlineExceeded/), '10m')
  })
})

describe('a version whose image cannot be pulled', () => {
  story('can be aborted by hand', { pods: [{ image: 'web:2', behavior: { imagePullFails: true } }] }, async (told) => {
    await release(told)
    await told.pass('30s')
    told.expect(rollout('web').isProgressing())
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/^RolloutAborted/), '1m')
    await told.until(sizes('web', { 1: 4 }), '1m')
  })
})
