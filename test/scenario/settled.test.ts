import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), pause('10s'), setWeight(60))
  .routedByHttpRoute('web')

const released = async (told: Story): Promise<void> => {
  await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isStableAt(2), '5m')
  await told.pass('5m')
}

/** What the controllers asked for, leaving out watches, which are how they hear of changes. */
const askedBy = (told: Story): readonly string[] =>
  told.sandbox.server.requests
    .list(controllerUser)
    .filter(({ verb }) => verb !== 'watch')
    .map(({ verb, resource, count }) => `${count} ${verb} ${resource}`)

describe('a settled Rollout', () => {
  story('causes no request for a whole day', {}, async (told) => {
    await released(told)
    told.sandbox.server.requests.reset()
    const version = told.sandbox.server.resourceVersion
    await told.pass('24h')
    assert.deepEqual(askedBy(told), [])
    assert.equal(told.sandbox.server.resourceVersion, version)
  })

  story('causes no write when the controllers start anew', {}, async (told) => {
    await released(told)
    const version = told.sandbox.server.resourceVersion
    told.killController()
    await told.pass('10m')
    assert.equal(told.sandbox.server.resourceVersion, version)
    assert.ok(told.controller.running)
  })
})

describe('many releases', () => {
  story(
    'leave nothing behind but their history',
    { metrics: [{ metric: 'check', cases: [{ values: [1] }] }] },
    async (told) => {
      const analysed = web.withSteps(setWeight(20), analysis('check'), pause('10s'))
      await told.begin(...servicePair('web'), anHttpRoute('web'), anAnalysisTemplate('check'), analysed.build())
      await told.until(rollout('web').isHealthy(), '2m')
      const release = async (version: number): Promise<void> => {
        told.act({ setImage: { rollout: 'web', image: `web:${version}` } })
        await told.pass('5m')
        told.expect(rollout('web').isHealthy())
      }
      for (let version = 2; version < 16; version += 1) await release(version)
      const timers = told.sandbox.clock.pendingTimers
      for (let version = 16; version < 24; version += 1) await release(version)
      assert.equal(told.sandbox.clock.pendingTimers, timers)
      assert.equal(told.sandbox.cluster.list('ReplicaSet').length, 11)
      // Five finished runs are kept, and that of the version that is current.
      assert.ok(told.sandbox.cluster.list('AnalysisRun').length <= 6)
    },
  )
})

describe('a release', () => {
  story('takes a bounded number of writes', {}, async (told) => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    await told.pass('1m')
    told.sandbox.server.requests.reset()
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isStableAt(2), '5m')
    await told.pass('5m')
    const writes = told.sandbox.server.requests
      .list(controllerUser)
      .filter(({ verb, resource }) => ['create', 'update', 'patch', 'delete'].includes(verb) && resource !== 'events')
      .reduce((sum, { count }) => sum + count, 0)
    assert.ok(writes <= 60, `${writes} writes:\n${askedBy(told).join('\n')}`)
  })
})
