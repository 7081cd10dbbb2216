import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { ephemeralMetadataAnnotation } from '../../src/api/labels.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, expectTraffic, rollout, sizes, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause())

const podsOf = (told: Story, image: string) =>
  told.sandbox.cluster
    .list('Pod', 'default')
    .filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.containers[0]?.image === image)

describe('a ReplicaSet whose template somebody changed', () => {
  story('is not taken for that of the Rollout, although it has its name', {}, async (told) => {
    await told.begin(web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const name = `web-${theRollout(told.sandbox, 'web').status?.stableRS}`
    const spec = { template: { spec: { containers: [{ name: 'main', image: 'web:tampered' }] } } }
    told.act({ patch: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, patch: { spec } } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.equal(theRollout(told.sandbox, 'web').status?.collisionCount, 1)
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    assert.equal(podsOf(told, 'web:1').length, 3)
    assert.equal(podsOf(told, 'web:tampered').length, 0)
  })
})

describe('pods that carry the metadata of their role', () => {
  const marked = web.withCanary({
    canaryMetadata: { labels: { role: 'canary' }, annotations: { note: 'new' } },
    stableMetadata: { labels: { role: 'stable' } },
  })

  story('change it with their role, without a restart', {}, async (told) => {
    await told.begin(marked.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'))
    const [canary] = podsOf(told, 'web:2')
    assert.equal(canary?.metadata.labels?.role, 'canary')
    assert.equal(canary.metadata.annotations?.note, 'new')
    assert.ok(podsOf(told, 'web:1').every(({ metadata }) => metadata.labels?.role === 'stable'))
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    await told.pass('5s')
    const pods = podsOf(told, 'web:2')
    assert.ok(
      pods.every(({ metadata }) => metadata.labels?.role === 'stable' && metadata.annotations?.note === undefined),
    )
    assert.ok(pods.some(({ metadata }) => metadata.uid === canary.metadata.uid))
  })
})

describe('a ReplicaSet that has lost its role with its pods', () => {
  story('gives up the metadata of its role', {}, async (told) => {
    await told.begin(web.withCanary({ canaryMetadata: { labels: { role: 'canary' } } }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'))
    told.act({ abort: { rollout: 'web' } })
    await told.until(sizes('web', { 1: 3 }), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await told.until(rollout('web').isHealthy(), '2m')
    const [given] = told.sandbox.cluster
      .list('ReplicaSet', 'default')
      .filter(({ spec }) => spec.template.spec?.containers[0]?.image === 'web:2')
    assert.equal(given?.spec.template.metadata?.labels?.role, undefined)
    assert.equal(given?.metadata.annotations?.[ephemeralMetadataAnnotation], undefined)
  })
})

describe('a return within the rollback window', () => {
  story('takes a version that still has pods at once', {}, async (told) => {
    const windowed = web.routedByHttpRoute('web').withSpec({ rollbackWindow: { revisions: 3 } })
    await told.begin(...servicePair('web'), anHttpRoute('web'), windowed.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'))
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 1: 3, 2: 3 })
    told.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await told.until(rollout('web').isStableAt(3), '10s')
    expectTraffic(told, 'web', { 3: 100 })
    expectEvents(told, 'web', ['SkipSteps: Rollback to active ReplicaSets within RollbackWindow', 'RolloutCompleted'])
  })
})
