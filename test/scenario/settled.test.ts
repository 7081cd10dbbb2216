import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
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
