import assert from 'node:assert/strict'
import type { ContractClient } from '../client.ts'
import { refusal } from '../client.ts'
import { disruptionBudgets, pods, serviceAccounts } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

/** A ready pod on a node, as a kubelet would report it. */
const readyPod = async (client: ContractClient): Promise<void> => {
  // The real server lets no pod in without the ServiceAccount that its controller makes.
  await client.create(serviceAccounts, { metadata: { name: 'default' } }).catch(() => undefined)
  const spec = { nodeName: 'node', containers: [{ name: 'app', image: 'app:1' }] }
  await client.create(pods, { metadata: { name: 'a', labels: { app: 'a' } }, spec })
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
  await client.patch(pods, 'a', { status }, { subresource: 'status' })
}

const budget = async (client: ContractClient, disruptionsAllowed: number): Promise<void> => {
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'a' } } }
  await client.create(disruptionBudgets, { metadata: { name: 'budget' }, spec })
  const status = {
    observedGeneration: 1,
    disruptionsAllowed,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 1,
  }
  await client.patch(disruptionBudgets, 'budget', { status }, { subresource: 'status' })
}

const evict = (client: ContractClient) =>
  client.post(pods, 'a', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } })

/** Deleting pods with respect for budgets. */
export const evictionCases: readonly ContractCase[] = [
  {
    name: 'refuses an eviction that a budget does not allow',
    async run(client) {
      await readyPod(client)
      await budget(client, 0)
      const error = await refusal(evict(client))
      assert.equal(error.code, 429)
      assert.equal(error.reason, 'TooManyRequests')
      assert.equal(error.serverMessage, "Cannot evict pod as it would violate the pod's disruption budget.")
      assert.deepEqual(
        error.causes.map(({ reason, message }) => [reason, message]),
        [['DisruptionBudget', 'The disruption budget budget needs 1 healthy pods and has 1 currently']],
      )
    },
  },
  {
    name: 'evicts within the budget and notes it there',
    async run(client) {
      await readyPod(client)
      await budget(client, 1)
      const answer = await evict(client)
      assert.equal(answer.status, 'Success')
      const { status } = (await client.get(disruptionBudgets, 'budget')) as {
        status: { disruptionsAllowed: number; disruptedPods: object }
      }
      assert.equal(status.disruptionsAllowed, 0)
      assert.deepEqual(Object.keys(status.disruptedPods), ['a'])
    },
  },
  {
    name: 'evicts without a budget, and leaves a scheduled pod its grace period',
    async run(client) {
      await readyPod(client)
      await evict(client)
      const { metadata } = (await client.get(pods, 'a')) as {
        metadata: { deletionTimestamp?: string; deletionGracePeriodSeconds?: number }
      }
      assert.ok(metadata.deletionTimestamp)
      assert.equal(metadata.deletionGracePeriodSeconds, 30)
    },
  },
]
