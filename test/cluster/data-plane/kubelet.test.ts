import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { z } from 'zod'

import { type Cluster, useCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/wait.ts'
import { type DataPlane, useDataPlane } from './data-plane.ts'
import { aRealRollout } from './manifest.ts'
import { whyNoPodNetworks } from './network.ts'

const podSchema = z.object({
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    podIP: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z.array(z.object({ restartCount: z.number() })).default([]),
  }),
})

type SeenPod = z.infer<typeof podSchema>

const isReady = ({ status }: SeenPod): boolean =>
  status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True')

describe('pods that are processes', { skip: whyNoPodNetworks() ?? false }, () => {
  const namespace = 'kubelet'
  const path = `/api/v1/namespaces/${namespace}/pods`
  let cluster: Cluster
  let dataPlane: DataPlane

  before(async () => {
    cluster = await useCluster()
    dataPlane = await useDataPlane()
    await cluster.createNamespace(namespace)
  })

  const create = async (name: string): Promise<void> => {
    const { template } = z.object({ template: z.looseObject({}) }).parse(aRealRollout({}).spec)
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name } }
    await cluster.plane.api.post(path, pod, z.object({}))
  }

  const until = (name: string, what: string, fits: (pod: SeenPod) => boolean): Promise<SeenPod> =>
    eventually(`pod ${name} ${what}`, async () => {
      const found = await cluster.plane.api.get(`${path}/${name}`, podSchema)
      return fits(found) ? { found } : { missing: JSON.stringify(found.status) }
    })

  const asks = async ({ status }: SeenPod): Promise<string> => {
    const response = await fetch(`http://${status.podIP}:8080/`)
    return (await response.text()).trim()
  }

  it('become Ready and answer at their address', async () => {
    await create('one')
    assert.equal(await asks(await until('one', 'is Ready', isReady)), '1.0')
  })

  it('are started again when they die', async () => {
    await create('mortal')
    await until('mortal', 'is Ready', isReady)
    await dataPlane.kubelet.kill(namespace, 'mortal')
    await until('mortal', 'is not Ready', (pod) => !isReady(pod))
    const again = await until('mortal', 'is Ready again', isReady)
    assert.equal(again.status.containerStatuses[0]?.restartCount, 1)
    assert.equal(await asks(again), '1.0')
  })

  it('go on serving while their preStop hook runs, and are gone after it', async () => {
    await create('leaving')
    const pod = await until('leaving', 'is Ready', isReady)
    await cluster.plane.api.remove(`${path}/leaving`)
    await until('leaving', 'is to go', isReady)
    assert.equal(await asks(pod), '1.0')
    await eventually('pod leaving is gone', async () =>
      (await cluster.plane.api.ok(`${path}/leaving`)) ? { missing: 'still there' } : { found: undefined },
    )
    await assert.rejects(asks(pod))
  })
})
