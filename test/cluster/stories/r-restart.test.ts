import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { expectDeployed, untilPhase } from '../harness/expectations.ts'
import { kubectl } from '../harness/kubectl.ts'
import { podSchema } from '../harness/objects.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byReplicas } from '../harness/variants.ts'
import { eventually, throughout } from '../harness/wait.ts'

const budget = (minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'shop' },
  spec: { minAvailable, selector: { matchLabels: { app: 'shop' } } },
})

describe('(r) a restart replaces the pods as a PodDisruptionBudget allows', () => {
  let story: Story
  let shop: Shop

  before(async () => {
    story = await tellStory('r')
    await story.startController()
    shop = await story.openShop(byReplicas)
    await expectDeployed(shop, 'shop:1.0')
  })

  after(() => story.end())

  const apply = (object: object): Promise<string> =>
    kubectl(story.cluster.plane, ['-n', shop.namespace, 'apply', '-f', '-'], JSON.stringify(object))

  const podNames = async (): Promise<readonly string[]> => {
    const pods = await story.cluster.plane.api.list(`/api/v1/namespaces/${shop.namespace}/pods`, podSchema)
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name)
  }

  it('waits while the budget allows nothing, and serves on when it does', async () => {
    await apply(budget(5))
    const { chronicle } = await story.sceneOf(shop)
    const before = await podNames()
    const patch = { spec: { restartAt: new Date(Date.now() + 1000).toISOString().replace(/\.\d+Z$/, 'Z') } }
    await kubectl(story.cluster.plane, [
      ...['-n', shop.namespace, 'patch', 'rollout', 'shop'],
      ...['--type=merge', '-p', JSON.stringify(patch)],
    ])
    const restarting = await untilPhase(shop, 'Progressing')
    assert.equal(restarting.status.message, 'rollout is restarting')
    await throughout(3000, async () => assert.deepEqual([...(await podNames())].sort(), [...before].sort()))

    shop.load.reset()
    await apply(budget(4))
    const replaced = async () => {
      const left = (await podNames()).filter((name) => before.includes(name))
      return left.length === 0 ? { found: left } : { missing: `${left.length} old pods` }
    }
    await eventually(`${shop.namespace}: no old pod is left`, replaced, { timeout: 90_000 })
    await untilPhase(shop, 'Healthy')
    assert.equal(shop.load.tally().unserved, 0)
    const phases = chronicle.phases()
    assert.equal(phases.filter((phase) => phase === 'Healthy').length, 2, `before and after it alone: ${phases.join()}`)
  })
})
