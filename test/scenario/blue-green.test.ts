import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { scaleDownDeadlineAnnotation } from '../../src/api/labels.ts'
import {
  ask,
  blueGreenOf,
  deploy,
  eventTexts,
  manual,
  patchSpec,
  pods,
  previews,
  replicaSetOf,
  serves,
  services,
  web,
} from './blue-green-story.ts'
import { eventsOf, expectEvents, expectTraffic, rollout, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const deadlineOf = (told: Story, version: number): string | undefined =>
  replicaSetOf(told, version).metadata.annotations?.[scaleDownDeadlineAnnotation]

const durationOf = (told: Story) => theRollout(told.sandbox, 'web').status?.duration

describe('the first deploy of a blue/green Rollout', () => {
  story('switches the active Service when all pods are available', {}, async (told) => {
    await told.begin(...services, web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.expect(pods({ 1: 3 }))
    expectTraffic(told, 'web', { 1: 100 })
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(status?.selector, `app=web,rollouts-pod-template-hash=${status?.stableRS}`)
    assert.equal(status.HPAReplicas, 3)
    assert.deepEqual(eventTexts(told, eventsOf), [
      'RolloutAddedToInformer: Rollout resource added to informer: default/web',
      'RolloutUpdated: Rollout updated to revision 1',
      'NewReplicaSetCreated: Created ReplicaSet web-<1> (revision 1)',
      "SwitchService: Switched selector for service 'web-preview' from '' to '<1>'",
      'ScalingReplicaSet: Scaled up ReplicaSet web-<1> (revision 1) from 0 to 3',
      'RolloutCompleted: Rollout completed update to revision 1 (<1>): Initial deploy',
      "SwitchService: Switched selector for service 'web-active' from '' to '<1>'",
    ])
  })

  const never = [{ image: 'web:1', behavior: { neverReady: true } }]

  story('that fails is mended by the next version, at once', { pods: never }, async (told) => {
    await told.begin(...services, manual.build())
    await told.pass('1m')
    told.expect(rollout('web').isProgressing('updated replicas are still becoming available'))
    ask(told, 2)
    await told.until(rollout('web').isHealthy(), '2m')
    told.expect(serves(2))
  })

  story('without pods is healthy too', {}, async (told) => {
    await told.begin(...services, web.withReplicas(0).build())
    await told.until(rollout('web').isHealthy(), '10s')
    ask(told, 2)
    await told.until(serves(2), '10s')
    told.expect(rollout('web').isHealthy())
  })
})

describe('a version that is promoted by itself', () => {
  story('is previewed, switched to when it is whole, and replaces the old one after the delay', {}, async (told) => {
    await deploy(told, web)
    const before = eventsOf(told, 'Rollout default/web').length
    ask(told, 2)
    await told.until(previews(2), '5s')
    told.expect(serves(1))
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(serves(2))
    await told.pass('25s')
    told.expect(pods({ 1: 3, 2: 3 }))
    assert.notEqual(deadlineOf(told, 1), undefined)
    await told.until(pods({ 2: 3 }), '10s')
    assert.equal(deadlineOf(told, 1), undefined)
    assert.equal(durationOf(told)?.completionStatus, 'Promoted')
    assert.deepEqual(eventTexts(told, eventsOf).slice(before), [
      'RolloutUpdated: Rollout updated to revision 2',
      'NewReplicaSetCreated: Created ReplicaSet web-<2> (revision 2)',
      "SwitchService: Switched selector for service 'web-preview' from '<1>' to '<2>'",
      'RolloutNotCompleted: Rollout not completed, started update to revision 2 (<2>)',
      'ScalingReplicaSet: Scaled up ReplicaSet web-<2> (revision 2) from 0 to 3',
      "SwitchService: Switched selector for service 'web-active' from '<1>' to '<2>'",
      'RolloutCompleted: Rollout completed update to revision 2 (<2>): Completed blue-green update',
      'ScalingReplicaSet: Scaled down ReplicaSet web-<1> (revision 1) from 3 to 0',
    ])
  })

  const oneSlow = [{ image: 'web:2', behavior: { neverReady: true } }]

  story('never gets traffic while its pods are not ready, and is stuck in the end', { pods: oneSlow }, async (told) => {
    await deploy(told, web.withSpec({ progressDeadlineSeconds: 60 }))
    ask(told, 2)
    await told.until(rollout('web').isDegraded(/^ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out/), '2m')
    told.expect(serves(1))
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(status?.availableReplicas, 3, 'what serves is available all the same')
  })

  story('that is stuck is aborted where that is asked for', { pods: oneSlow }, async (told) => {
    await deploy(told, web.withSpec({ progressDeadlineSeconds: 60, progressDeadlineAbort: true }))
    ask(told, 2)
    await told.until(rollout('web').isDegraded(/^RolloutAborted: .* has timed out progressing/), '2m')
    await told.until(pods({ 1: 3 }), '1m')
    told.expect(serves(1))
  })

  story('that is stuck is aborted when that is asked for later', { pods: oneSlow }, async (told) => {
    const impatient = web.withBlueGreen({ abortScaleDownDelaySeconds: 2 }).withSpec({ progressDeadlineSeconds: 60 })
    await deploy(told, impatient)
    ask(told, 2)
    await told.until(rollout('web').isDegraded(/^ProgressDeadlineExceeded/), '2m')
    await told.pass('10s')
    told.expect(pods({ 1: 3, 2: 3 }))
    patchSpec(told, { progressDeadlineAbort: true })
    await told.until(rollout('web').isDegraded(/^RolloutAborted/), '5s')
    await told.until(pods({ 1: 3 }), '5s')
  })
})

describe('a version that a person promotes', () => {
  story('waits behind the preview Service, however long', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    await told.pass('24h')
    told.expect(rollout('web').isPaused('BlueGreenPause'))
    told.expect(serves(1))
    told.expect(previews(2))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5s')
    told.expect(serves(2))
    expectEvents(told, 'web', [
      'RolloutPaused: Rollout is paused (BlueGreenPause)',
      'SwitchService',
      'RolloutCompleted',
    ])
    assert.equal(durationOf(told)?.totalManualPauseDurationSeconds, 86_400)
  })

  const flaky = [{ image: 'web:2', behavior: { unreadyAfterMs: 60_000 } }]
  const mended = { image: 'web:2', fromMs: 180_000, behavior: {} }

  story('is switched to as soon as its pods are ready again', { pods: [...flaky, mended] }, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '30s')
    await told.pass('90s')
    told.act({ promote: { rollout: 'web' } })
    await told.pass('30s')
    told.expect(serves(1))
    await told.until(serves(2), '3m')
    await told.until(rollout('web').isHealthy(), '5s')
  })

  story('skips the pause when it is promoted in full', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '5s')
    expectEvents(told, 'web', ['RolloutCompleted: Rollout completed update to revision 2'])
    assert.equal(theRollout(told.sandbox, 'web').status?.promoteFull ?? false, false)
    assert.equal(durationOf(told)?.completionStatus, 'FastPromoted')
  })

  story('is not paused at all when it is promoted in full before its pods are ready', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(previews(2), '5s')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
    assert.ok(!eventsOf(told, 'Rollout default/web').some((text) => text.startsWith('RolloutPaused')))
  })

  story('is switched to when promotion by itself is switched on', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    patchSpec(told, { strategy: { blueGreen: { autoPromotionEnabled: true } } })
    await told.until(rollout('web').isHealthy(), '5s')
    told.expect(serves(2))
  })
})

describe('autoPromotionSeconds', () => {
  const timed = web.withBlueGreen({ autoPromotionSeconds: 60 })

  story('holds a version for this time', {}, async (told) => {
    await deploy(told, timed)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '30s')
    await told.pass('55s')
    told.expect(serves(1))
    await told.until(serves(2), '6s')
    await told.until(rollout('web').isHealthy(), '1s')
    expectEvents(told, 'web', ['RolloutPaused: Rollout is paused (BlueGreenPause)', 'RolloutResumed'])
  })

  story('can be cut short by a person', {}, async (told) => {
    await deploy(told, timed)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '30s')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '2s')
    told.expect(serves(2))
  })
})

describe('previewReplicaCount', () => {
  const small = manual.withBlueGreen({ previewReplicaCount: 1 })

  story('keeps the preview small until it is promoted, and grows it before the switch', {}, async (told) => {
    await deploy(told, small)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(pods({ 1: 3, 2: 1 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(pods({ 1: 3, 2: 3 }), '1s')
    told.expect(serves(1))
    assert.equal(blueGreenOf(told)?.scaleUpPreviewCheckPoint, true)
    await told.until(rollout('web').isHealthy(), '30s')
    told.expect(serves(2))
    assert.equal(blueGreenOf(told)?.scaleUpPreviewCheckPoint, undefined)
  })

  story('is passed by itself where no person is asked', {}, async (told) => {
    await deploy(told, web.withBlueGreen({ previewReplicaCount: 1 }))
    ask(told, 2)
    await told.until(pods({ 1: 3, 2: 1 }), '2s')
    await told.until(pods({ 1: 3, 2: 3 }), '30s')
    await told.until(rollout('web').isHealthy(), '30s')
  })

  story('does not hold a full promotion', {}, async (told) => {
    await deploy(told, small)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(pods({ 1: 3, 2: 3 }), '1s')
    await told.until(rollout('web').isHealthy(), '30s')
  })

  story('stays small when spec.replicas changes, while what serves follows', {}, async (told) => {
    await deploy(told, small)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ scale: { rollout: 'web', replicas: 5 } })
    await told.until(pods({ 1: 5, 2: 1 }), '5s')
    await told.pass('10s')
    told.expect(rollout('web').isPaused('BlueGreenPause'))
    assert.equal(theRollout(told.sandbox, 'web').status?.HPAReplicas, 5)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '30s')
    told.expect(pods({ 1: 5, 2: 5 }))
  })
})

describe('a Rollout that is paused by hand', () => {
  story('brings the new version up and switches nothing', {}, async (told) => {
    await deploy(told, web)
    told.act({ pause: { rollout: 'web' } })
    ask(told, 2)
    await told.until(rollout('web').isPaused('manually paused'), '5s')
    await told.pass('1h')
    told.expect(serves(1))
    told.expect(previews(1))
    told.expect(pods({ 1: 3, 2: 3 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5s')
    told.expect(serves(2))
  })
})

describe('metadata and anti-affinity of a revision', () => {
  const labels = (role: string) => ({ labels: { role } })
  const marked = manual.withBlueGreen({
    previewMetadata: labels('preview'),
    activeMetadata: labels('active'),
    antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
  })

  const rolesOf = (told: Story, version: number): readonly (string | undefined)[] => {
    const hash = replicaSetOf(told, version).metadata.labels?.['rollouts-pod-template-hash']
    const found = told.sandbox.cluster
      .list('Pod', 'default')
      .filter(({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'] === hash)
    return [...new Set(found.map(({ metadata }) => metadata.labels?.role))]
  }

  story('are on its pods, those that run too, and nothing is restarted for them', {}, async (told) => {
    await deploy(told, marked)
    assert.deepEqual(rolesOf(told, 1), ['active'])
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    assert.deepEqual([rolesOf(told, 1), rolesOf(told, 2)], [['active'], ['preview']])
    const { affinity } = replicaSetOf(told, 2).spec.template.spec ?? {}
    assert.ok(JSON.stringify(affinity).includes(theRollout(told.sandbox, 'web').status?.stableRS ?? '?'))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('5s')
    assert.deepEqual([rolesOf(told, 1), rolesOf(told, 2)], [[undefined], ['active']])
    told.expect(pods({ 1: 3, 2: 3 }))
  })
})

describe('a settled blue/green Rollout', () => {
  story('is not written to, also when the controller starts anew', {}, async (told) => {
    await deploy(told, web)
    ask(told, 2)
    await told.until(pods({ 2: 3 }), '2m')
    await told.pass('10s')
    const writes = () => told.sandbox.cluster.list('Event', 'default').length + Number(versionOf(told))
    const before = writes()
    told.killController()
    await told.pass('10m')
    assert.equal(writes(), before)
  })

  const versionOf = (told: Story) => theRollout(told.sandbox, 'web').metadata.resourceVersion
})
