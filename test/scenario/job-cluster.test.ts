import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jobs } from '../../src/api/resources.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { createOperator } from '../../src/operator/operator.ts'
import { ApiServer } from '../../src/sandbox/api-server/api-server.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { createSandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects } from '../../src/sandbox/scenario/actions.ts'
import { CollectingLogger } from '../builders/collecting-logger.ts'

const run = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'check' },
  spec: {
    metrics: [
      {
        name: 'load',
        provider: {
          job: {
            spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'load:1' }] } } },
          },
        },
      },
    ],
  },
}

describe('a cluster of its own for Jobs', () => {
  it('runs them, owned by nothing there, and its caches tell how they end', async () => {
    const sandbox = createSandbox()
    const elsewhere = new ApiServer({ clock: sandbox.clock, random: seededRandom(2) })
    const operator = createOperator({
      transport: sandbox.transport('controller'),
      jobTransport: elsewhere.asUser('controller'),
      net: sandbox.net,
      clock: sandbox.clock,
      logger: new CollectingLogger(),
      config: { instanceId: '' },
    })
    applyObjects(sandbox, [run], 'default')
    void operator.start()
    const there = new KubeClient({ transport: elsewhere.asUser('somebody'), fieldManager: 'test' })
    await sandbox.clock.run({ forMs: 5000 })

    const [job] = await there.list(jobs, { namespace: 'default' })
    assert.match(job?.metadata.name ?? '', /\.load\.1$/)
    assert.equal(job?.metadata.ownerReferences, undefined)
    assert.deepEqual(sandbox.cluster.list('Job', 'default'), [])

    const status = { conditions: [{ type: 'Complete', status: 'True' }] }
    await there.mergePatch(
      jobs,
      { namespace: 'default', name: job?.metadata.name ?? '' },
      { status },
      { subresource: 'status' },
    )
    await sandbox.clock.run({ forMs: 2000 })
    assert.equal(
      sandbox.cluster.get('AnalysisRun', { namespace: 'default', name: 'check' })?.status?.phase,
      'Successful',
    )

    const stopped = operator.stop()
    await sandbox.clock.run({ forMs: 5000 })
    await stopped
    sandbox.stop()
  })
})
