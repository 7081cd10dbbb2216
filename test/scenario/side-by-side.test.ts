import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { JsonObject } from '../../src/lib/json.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const instance = (id: string) => ({ 'argo-rollouts.argoproj.io/controller-instance-id': id })
const web = aRollout('web').withReplicas(3).withSteps(setWeight(33), pause())

/** A Rollout as another controller left it: healthy, with a ReplicaSet whose name and hash are not ours. */
const adopt = async (told: Story, builder: RolloutBuilder, image = 'web:1'): Promise<void> => {
  told.apply(builder.build())
  const { uid } = theRollout(told.sandbox, 'web').metadata
  const labels = { app: 'web', 'rollouts-pod-template-hash': 'elsewhere' }
  const replicaSet: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-elsewhere',
      labels,
      annotations: { 'rollout.argoproj.io/revision': '7', 'rollout.argoproj.io/desired-replicas': '3' },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'web',
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'main', image, imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' },
          ],
          restartPolicy: 'Always',
          dnsPolicy: 'ClusterFirst',
          schedulerName: 'default-scheduler',
        },
      },
    },
  }
  told.apply(replicaSet)
  const status = {
    phase: 'Healthy',
    stableRS: 'elsewhere',
    currentPodHash: 'elsewhere',
    currentStepIndex: 2,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: '1',
  }
  told.sandbox.cluster.patch('elsewhere', 'Rollout', { namespace: 'default', name: 'web' }, { status }, 'status')
  await told.pass('10s')
}

describe('moving from another controller', () => {
  story('restarts no pod: the ReplicaSet of the same template is taken over', {}, async (told) => {
    await adopt(told, web)
    const pods = () => told.sandbox.cluster.list('Pod').map(({ metadata }) => metadata.name)
    const before = pods()
    await told.startController()
    await told.pass('10m')
    told.expect(rollout('web').isHealthy())
    assert.deepEqual(pods(), before)
    assert.equal(told.sandbox.cluster.list('ReplicaSet').length, 1)
    assert.equal(theRollout(told.sandbox, 'web').status?.stableRS, 'elsewhere')
  })

  story('releases the next version as if it had always been here', {}, async (told) => {
    await adopt(told, web)
    await told.startController()
    await told.until(rollout('web').isHealthy(), '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 8: 3 })
  })

  story('never takes over a ReplicaSet of another template', {}, async (told) => {
    await adopt(told, web, 'web:0')
    await told.startController()
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectSizes(told, 'web', { 7: 2, 8: 1 })
  })
})

describe('two controllers in one cluster', () => {
  story('each serve their own instance id', { instanceId: 'new' }, async (told) => {
    const ours = aRollout('ours').withReplicas(1).withLabels(instance('new')).withSteps(setWeight(50))
    const theirs = aRollout('theirs').withReplicas(1).withLabels(instance('old')).withSteps(setWeight(50))
    await told.begin(ours.build(), theirs.build(), aRollout('plain').withReplicas(1).build())
    await told.until(rollout('ours').isHealthy(), '2m')
    await told.pass('10m')
    assert.equal(theRollout(told.sandbox, 'theirs').status, undefined)
    assert.equal(theRollout(told.sandbox, 'plain').status, undefined)
  })

  story('the one without an id serves what has none', {}, async (told) => {
    const theirs = aRollout('theirs').withReplicas(1).withLabels(instance('old'))
    await told.begin(theirs.build(), aRollout('plain').withReplicas(1).build())
    await told.until(rollout('plain').isHealthy(), '2m')
    assert.equal(theRollout(told.sandbox, 'theirs').status, undefined)
  })
})
