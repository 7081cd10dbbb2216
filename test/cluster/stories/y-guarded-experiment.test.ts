import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'

import { expectDeployed, untilPhase, untilShare } from '../harness/expectations.ts'
import { type GuardedPrometheus, startGuardedPrometheus, storeCredentials } from '../harness/guarded-prometheus.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byHttpRoute } from '../harness/traffic.ts'
import type { Variant } from '../harness/variants.ts'

const compared: Variant = {
  name: 'compared',
  manifest: 'guarded-experiment.yaml',
  rule: byHttpRoute('shop'),
  isRouted: true,
}

const runSchema = z.object({
  status: z.object({
    phase: z.string(),
    metricResults: z.array(
      z.object({ measurements: z.array(z.object({ phase: z.string(), value: z.string().default('') })) }),
    ),
  }),
})

describe('(y) a Prometheus behind TLS and a password compares canary with baseline, both with weights', {
  concurrency: true,
}, () => {
  let story: Story
  let prometheus: GuardedPrometheus

  before(async () => {
    story = await tellStory('y')
    prometheus = await startGuardedPrometheus(story.cluster)
    await story.startController()
  })

  after(async () => {
    await story.end()
    await prometheus.stop()
  })

  const open = async (detail: string): Promise<Shop> => {
    const shop = await story.openShop(compared, detail)
    await storeCredentials(story.cluster, shop.namespace, prometheus)
    await expectDeployed(shop, 'shop:1.0')
    return shop
  }

  /** The only AnalysisRun: what it ended as, and the values that it measured. */
  const comparison = async ({ namespace }: Shop): Promise<{ phase: string; values: readonly number[] }> => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`
    const [run, ...others] = await story.cluster.plane.api.list(path, runSchema)
    assert.ok(run !== undefined && others.length === 0, `${others.length + 1} runs`)
    const measurements = run.status.metricResults.flatMap((result) => result.measurements)
    const values = measurements.filter(({ value }) => value !== '').map(({ value }) => JSON.parse(value)[0])
    return { phase: run.status.phase, values: z.array(z.number()).parse(values) }
  }

  it('goes on where the canary is as good as the baseline', async () => {
    const shop = await open('good')
    await shop.setImage('shop:1.1-good')
    await untilPhase(shop, 'Healthy')
    await untilShare(shop, 'shop:1.1-good', 1)
    const { phase, values } = await comparison(shop)
    assert.equal(phase, 'Successful')
    assert.deepEqual(values.slice(-3), [1, 1, 1])
    assert.equal(shop.load.tally().unserved, 0)
  })

  it('aborts where it is worse, with what was measured', async () => {
    const shop = await open('bad')
    await shop.setImage('shop:1.1-bad')
    const { status } = await untilPhase(shop, 'Degraded')
    assert.match(
      status.message,
      /Experiment analysis phase is error\/failed: Metric "canary-by-baseline" assessed Failed due to failed \(1\) > failureLimit \(0\)/,
    )
    await untilShare(shop, 'shop:1.1-bad', 0)
    const { phase, values } = await comparison(shop)
    assert.equal(phase, 'Failed')
    assert.ok((values.at(-1) ?? 1) < 0.95, `measured ${values}`)
    assert.equal(shop.load.tally().unserved, 0)
  })
})
