import assert from 'node:assert/strict'
import type { JsonObject } from '../../src/lib/json.ts'
import { createOperator, type LeaderElectionConfig } from '../../src/operator/operator.ts'
import { ControllerProcess } from '../../src/sandbox/controller-process.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects } from '../../src/sandbox/scenario/actions.ts'
import { resourceOf } from '../../src/sandbox/world/server-cluster.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { noMetrics } from '../../src/telemetry/no-metrics.ts'
import { silentLogger } from '../../src/telemetry/silent-logger.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'

const crds = [...productCrds(), ...routingCrds]
const namespaces = { group: '', version: 'v1', plural: 'namespaces' }

const leaderElection: LeaderElectionConfig = {
  namespace: 'default',
  identity: 'bench',
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2000,
}

/** A sandbox with the controllers, one leader of several as they are installed. */
export const newCluster = (metrics: Metrics = noMetrics) => {
  const sandbox = createSandbox({ crds })
  const controller = new ControllerProcess(sandbox, (ports) =>
    createOperator({ ...ports, logger: silentLogger, metrics, config: { instanceId: '', leaderElection } }),
  )
  return { sandbox, controller }
}

/** Starts the controllers; time passes as far as they need it. */
export const startController = async (sandbox: Sandbox, controller: ControllerProcess): Promise<void> => {
  let started = false
  const starting = controller.start().then(() => {
    started = true
  })
  await sandbox.clock.run({ until: () => started, forMs: 60_000 })
  assert.ok(started, 'the controllers did not start within a minute')
  await starting
}

/** Lets time pass until the Rollout is in this phase; fails when that takes more than an hour. */
export const untilHealthy = async (sandbox: Sandbox, revision: number): Promise<void> => {
  const end = await sandbox.clock.run({
    forMs: 3_600_000,
    until: () => {
      const rollout = sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' })
      const isLatest = rollout?.metadata.annotations?.['rollout.argoproj.io/revision'] === String(revision)
      return isLatest && rollout.status?.phase === 'Healthy'
    },
  })
  assert.equal(end, 'until', `revision ${revision} did not become healthy`)
}

/** A Rollout of five replicas with three steps. */
export const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause('30s'), setWeight(60))

/** A Rollout and its ReplicaSet as the controllers leave them when nothing is left to do. */
const settledObjects = async (): Promise<{ rollout: JsonObject; replicaSet: JsonObject }> => {
  const { sandbox, controller } = newCluster()
  applyObjects(sandbox, [JSON.parse(JSON.stringify(web.build()))], 'default')
  await startController(sandbox, controller)
  await untilHealthy(sandbox, 1)
  await sandbox.clock.run({ forMs: 60_000 })
  controller.crash()
  const [rollout, replicaSet] = [sandbox.cluster.list('Rollout')[0], sandbox.cluster.list('ReplicaSet')[0]]
  const unstored = (object: object): JsonObject => {
    const copy: JsonObject & { metadata: JsonObject } = JSON.parse(JSON.stringify(object))
    const { uid: _uid, resourceVersion: _version, ...metadata } = copy.metadata
    return { ...copy, metadata }
  }
  assert.ok(rollout !== undefined && replicaSet !== undefined)
  return { rollout: unstored(rollout), replicaSet: unstored(replicaSet) }
}

/** A cluster with this many settled Rollouts, each in a namespace of its own, and no controllers yet. */
export const settledCluster = async (count: number) => {
  const { rollout, replicaSet } = await settledObjects()
  const made = newCluster()
  const { objects } = made.sandbox.server
  made.sandbox.stop()
  for (let index = 0; index < count; index += 1) {
    const namespace = `team-${index}`
    objects.create(namespaces, { metadata: { name: namespace } })
    const metadata = rollout.metadata as JsonObject
    const created = objects.create(resourceOf.Rollout, { ...rollout, metadata: { ...metadata, namespace } })
    const owner = {
      ...(replicaSet.metadata as { ownerReferences: JsonObject[] }).ownerReferences[0],
      uid: created.metadata.uid,
    }
    const owned = { ...(replicaSet.metadata as JsonObject), namespace, ownerReferences: [owner] }
    objects.create(resourceOf.ReplicaSet, { ...replicaSet, metadata: owned })
  }
  return made
}
