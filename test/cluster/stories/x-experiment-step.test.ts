import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'

import { expectDeployed, untilPhase, untilShare } from '../harness/expectations.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byHttpRoute } from '../harness/traffic.ts'
import type { Variant } from '../harness/variants.ts'
import { eventually } from '../harness/wait.ts'

const sideBySide: Variant = {
  name: 'experiment',
  manifest: 'experiment.yaml',
  rule: byHttpRoute('shop'),
  isRouted: true,
}

const experimentSchema = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({ phase: z.string().default(''), message: z.string().default('') })
    .default({ phase: '', message: '' }),
})
type Experiment = z.infer<typeof experimentSchema>

const ownedSchema = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
  }),
})

describe('(x) baseline against canary, side by side with weights, as a step of a release', {
  concurrency: true,
}, () => {
  let story: Story

  before(async () => {
    story = await tellStory('x')
    await story.startController()
  })

  after(() => story.end())

  const open = async (detail: string): Promise<Shop> => {
    const shop = await story.openShop(sideBySide, detail)
    await expectDeployed(shop, 'shop:1.0')
    return shop
  }

  const experimentsOf = (shop: Shop): Promise<readonly Experiment[]> =>
    story.cluster.plane.api.list(
      `/apis/argoproj.io/v1alpha1/namespaces/${shop.namespace}/experiments`,
      experimentSchema,
    )

  const untilPhaseOfExperiment = (shop: Shop, wanted: string): Promise<Experiment> =>
    eventually(
      `${shop.namespace}: the only Experiment is ${wanted}`,
      async () => {
        const [only, ...others] = await experimentsOf(shop)
        if (only !== undefined && others.length === 0 && only.status.phase === wanted) return { found: only }
        return { missing: JSON.stringify([only, ...others]) }
      },
      { timeout: 60_000 },
    )

  /** Waits until nothing is left of what Experiments own: neither pods nor Services. */
  const untilTidy = (shop: Shop): Promise<void> =>
    eventually(`${shop.namespace}: the pods and Services of the experiment are gone`, async () => {
      const { api } = story.cluster.plane
      const services = await api.list(`/api/v1/namespaces/${shop.namespace}/services`, ownedSchema)
      const pods = await api.list(`/api/v1/namespaces/${shop.namespace}/pods`, ownedSchema)
      const left = [
        ...services.filter(({ metadata }) => metadata.ownerReferences.some(({ kind }) => kind === 'Experiment')),
        ...pods.filter(({ metadata }) => /-(?:baseline|canary)-[^-]+$/.test(metadata.name)),
      ]
      return left.length === 0 ? { found: undefined } : { missing: left.map(({ metadata }) => metadata.name).join() }
    })

  it('goes on with a good version, and users never meet a missing pod', async () => {
    const shop = await open('good')
    await shop.setImage('shop:1.1-good')
    const { metadata } = await untilPhaseOfExperiment(shop, 'Running')
    await untilShare(shop, 'shop:1.1-good', 0.2)
    const weights = (await shop.rollout()).status.canary?.weights
    assert.equal(weights?.canary.weight, 0)
    const ended = await untilPhaseOfExperiment(shop, 'Successful')
    assert.deepEqual([ended.metadata.name, ended.status.message], [metadata.name, 'Required AnalysisRuns completed'])
    const { status } = await untilPhase(shop, 'Healthy')
    assert.equal(status.stableRS, status.currentPodHash)
    await untilShare(shop, 'shop:1.1-good', 1)
    await untilTidy(shop)
    assert.equal(shop.load.tally().unserved, 0)
  })

  it('aborts with a bad one, and tells what was measured', async () => {
    const shop = await open('bad')
    await shop.setImage('shop:1.1-bad')
    const { status } = await untilPhase(shop, 'Degraded')
    assert.match(
      status.message,
      /^RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error\/failed: Metric "success-rate" assessed Failed/,
    )
    await untilPhaseOfExperiment(shop, 'Failed')
    await untilShare(shop, 'shop:1.1-bad', 0)
    await untilTidy(shop)
    assert.equal(shop.load.tally().unserved, 0)
  })
})
