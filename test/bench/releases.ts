import assert from 'node:assert/strict'
import type { RolloutManifest } from '../../src/api/rollout.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { noMetrics } from '../../src/telemetry/no-metrics.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { type Figure, requestsOf } from './measure.ts'
import { newCluster, startController, untilHealthy } from './settled-cluster.ts'

/** Metrics that count the passes over Rollouts and leave out everything else. */
const countingPasses = (): { readonly metrics: Metrics; readonly passes: () => number } => {
  let count = 0
  const metrics: Metrics = {
    ...noMetrics,
    histogram: ({ name }) => ({
      observe: () => {
        if (name === 'rollout_reconcile') count++
      },
      remove: () => {},
    }),
  }
  return { metrics, passes: () => count }
}

const service = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
})

/** A release that has not begun: the first version is healthy, and nothing is going on. */
const standingBy = async (objects: readonly object[], rollout: RolloutManifest) => {
  const { metrics, passes } = countingPasses()
  const { sandbox, controller } = newCluster(metrics)
  applyObjects(sandbox, JSON.parse(JSON.stringify([...objects, rollout])), 'default')
  await startController(sandbox, controller)
  await untilHealthy(sandbox, 1)
  await sandbox.clock.run({ forMs: 60_000 })
  sandbox.server.requests.reset()
  /** Passes from an action until something is true in the cluster. */
  const passesUntil = async (act: Parameters<typeof carryOut>[1], isTrue: () => boolean): Promise<number> => {
    const before = passes()
    carryOut(sandbox, act, 'default')
    assert.equal(await sandbox.clock.run({ forMs: 600_000, until: isTrue }), 'until', JSON.stringify(act))
    return passes() - before
  }
  return { sandbox, passesUntil }
}

const web = aRollout('web').withReplicas(5)
const routed = web.withSteps(setWeight(20), pause(), setWeight(60), pause()).routedByHttpRoute('web')
const routedObjects = [...servicePair('web'), anHttpRoute('web')]

/** API requests of one blue/green release, from the patch of the image until it is healthy, by verb and resource. */
export const requestsOfBlueGreen = async (): Promise<readonly Figure[]> => {
  const objects = [service('web-active'), service('web-preview')]
  const rollout = web.withBlueGreen({ previewService: 'web-preview', scaleDownDelaySeconds: 30 }).build()
  const { sandbox } = await standingBy(objects, rollout)
  carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
  await untilHealthy(sandbox, 2)
  await sandbox.clock.run({ forMs: 60_000 })
  return requestsOf(sandbox)
}

/** API requests of one canary with weights by an HTTPRoute, likewise. */
export const requestsOfRoutedCanary = async (): Promise<readonly Figure[]> => {
  const steps = routed.withSteps(setWeight(20), pause('30s'), setWeight(60), pause('30s'))
  const { sandbox } = await standingBy(routedObjects, steps.build())
  carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
  await untilHealthy(sandbox, 2)
  await sandbox.clock.run({ forMs: 60_000 })
  return requestsOf(sandbox)
}

/** Passes of the controller over the Rollout between what a user does and what the cluster does about it. */
export const passesToAct = async (): Promise<readonly Figure[]> => {
  const { sandbox, passesUntil } = await standingBy(routedObjects, routed.build())
  const { cluster } = sandbox
  const at = { namespace: 'default', name: 'web' }
  const weight = (): number | undefined => {
    const rules = cluster.get('HTTPRoute', at)?.spec?.rules ?? []
    return rules[0]?.backendRefs?.find(({ name }) => name === 'web-canary')?.weight
  }
  const created = await passesUntil(
    { setImage: { rollout: 'web', image: 'web:2' } },
    () => cluster.list('ReplicaSet').length === 2,
  )
  const isPaused = () => cluster.get('Rollout', at)?.status?.phase === 'Paused'
  await sandbox.clock.run({ forMs: 600_000, until: isPaused })
  await sandbox.clock.run({ forMs: 10_000 })
  const sized = await passesUntil({ promote: { rollout: 'web' } }, () => weight() === 60)
  await sandbox.clock.run({ forMs: 60_000 })
  const aborted = await passesUntil({ abort: { rollout: 'web' } }, () => weight() === 0)
  return [
    { what: 'from a change of the spec to the new ReplicaSet', value: String(created) },
    { what: 'from a promotion to the next weight, its pods included', value: String(sized) },
    { what: 'from an abort to the weight of the canary', value: String(aborted) },
  ]
}
