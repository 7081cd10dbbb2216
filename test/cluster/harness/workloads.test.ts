import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { type Cluster, useCluster } from './cluster.ts'
import { kubectl } from './kubectl.ts'
import { isReady, type Pod, podSchema } from './objects.ts'
import { eventually, throughout } from './wait.ts'

const namespace = 'harness-workloads'

describe('the simulated node', () => {
  let cluster: Cluster

  before(async () => {
    cluster = await useCluster()
    await cluster.createNamespace(namespace)
  })

  const run = (...args: string[]): Promise<string> => kubectl(cluster.plane, ['-n', namespace, ...args])

  const deploy = (name: string, image: string, replicas: number): Promise<string> =>
    run('create', 'deployment', name, `--image=${image}`, `--replicas=${replicas}`)

  const podsOf = (app: string): Promise<readonly Pod[]> =>
    cluster.plane.api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`, podSchema)

  const shows = (what: string, resource: string, path: string, wanted: string): Promise<string> =>
    eventually(what, async () => {
      const seen = await run('get', resource, '-o', `jsonpath=${path}`)
      return seen === wanted ? { found: seen } : { missing: seen }
    })

  it("makes a Deployment's pods ready, after a moment of being unready", async () => {
    await deploy('web', 'app:1.0', 3)
    await eventually('three pods', async () => {
      const pods = await podsOf('web')
      return pods.length === 3 ? { found: pods } : { missing: `${pods.length} pods` }
    })
    assert.equal((await podsOf('web')).filter(isReady).length, 0)
    await shows('all ready', 'deployment/web', '{.status.availableReplicas}', '3')
  })

  it('keeps pods unready whose image says so', async () => {
    await deploy('unready', 'app:1.0-unready', 1)
    await deploy('crash', 'app:1.0-crash', 1)
    await deploy('unpullable', 'app:1.0-unpullable', 1)
    const reason = '{.items[*].status.containerStatuses[0].state.waiting.reason}'
    await eventually('the crash loop and the missing image show', async () => {
      const seen = await run('get', 'pods', '-l', 'app in (crash,unpullable)', '-o', `jsonpath=${reason}`)
      return seen.split(' ').sort().join() === 'CrashLoopBackOff,ImagePullBackOff' ? { found: seen } : { missing: seen }
    })
    await throughout(2500, async () => {
      const pods = [...(await podsOf('unready')), ...(await podsOf('crash')), ...(await podsOf('unpullable'))]
      assert.deepEqual(pods.filter(isReady), [])
    })
  })

  it('ends Jobs by the exit code in their command', async () => {
    const create = (name: string, command: string): Promise<string> =>
      run('create', 'job', name, '--image=app:1.0', '--', 'sh', '-c', command)
    await create('good', 'exit 0')
    await create('bad', 'sleep 2; exit 3')
    await shows('the good one completes', 'job/good', '{.status.succeeded}', '1')
    await shows('the bad one fails', 'job/bad', '{.status.failed}', '1')
  })

  it('lets go of deleted pods', async () => {
    await run('delete', 'deployment', '--all')
    await eventually('no pod of them', async () => {
      const pods = [...(await podsOf('web')), ...(await podsOf('crash'))]
      return pods.length === 0 ? { found: true } : { missing: `${pods.length} pods` }
    })
  })
})
