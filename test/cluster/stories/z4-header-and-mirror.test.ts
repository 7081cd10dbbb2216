import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { z } from 'zod'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, byTraefikService } from '../data-plane/proxied.ts'
import { sharesWithinSamplingError } from '../data-plane/sampling.ts'
import { expectNothingLost, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'

const services = {
  stableService: 'shop-stable',
  canaryService: 'shop-canary',
  scaleDownDelaySeconds: 5,
}

const testers = { headers: { 'x-tester': 'yes' } }

const addressed = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({ podIP: z.string().default('') }),
})

describe('(z4) routes of steps, with real requests', { concurrency: 3, skip: whyNoPodNetworks() ?? false }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z4')
    await story.startController()
  })

  after(() => story.end())

  it('by a header testers meet the canary, and users never do while its weight is 0', async () => {
    const header = { name: 'testers', match: [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }] }
    const steps = [
      { setCanaryScale: { replicas: 1 } },
      { setHeaderRoute: header },
      { pause: {} },
      { setHeaderRoute: { name: 'testers' } },
      { pause: {} },
    ]
    const trafficRouting = { ...byHttpRoute.trafficRouting, managedRoutes: [{ name: 'testers' }] }
    const strategy = { canary: { ...services, trafficRouting, steps } }
    const shop = await openStorefront(story, 'header', { proxied: byHttpRoute, strategy })
    await shop.release('1.1')
    await shop.untilPausedAt(2, 0)
    await shop.untilAnsweredBy('1.1', testers)
    await shop.expectAll('1.0')
    await shop.promote()
    await shop.untilPausedAt(4, 0)
    await shop.untilAnsweredBy('1.0', testers)
    await shop.expectAll('1.0')
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.untilAnsweredBy('1.1', testers)
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })

  /** How many requests the pods of a version have had, asked of themselves. */
  const receivedBy = async ({ scene }: Storefront, image: string): Promise<number> => {
    const pods = await story.cluster.plane.api.list(scene.listOf('Pod'), addressed)
    const own = pods.filter(({ metadata, spec }) => {
      return metadata.deletionTimestamp === undefined && spec.containers[0]?.image === image
    })
    const counts = await Promise.all(
      own.map(async ({ status }) => {
        const response = await fetch(`http://${status.podIP}:8080/received`)
        return z.object({ '/': z.number().default(0) }).parse(await response.json())['/']
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  const sample = async (shop: Storefront): Promise<{ sent: number; copied: number }> => {
    const before = await receivedBy(shop, 'shop:1.1')
    const window = shop.requests.tally.begin('mirrored')
    await shop.requests.untilFinished(window, 500)
    shop.note('going on')
    await shop.requests.untilFinished(window, window.counts().sent)
    return { sent: window.counts().sent, copied: (await receivedBy(shop, 'shop:1.1')) - before }
  }

  it('by a mirror the canary meets copies of a part of the requests, and no user meets it', async () => {
    const mirror = { name: 'copies', percentage: 50, match: [{ path: { prefix: '/' } }] }
    const steps = [
      { setCanaryScale: { replicas: 1 } },
      { setMirrorRoute: mirror },
      { pause: {} },
      { setMirrorRoute: { name: 'copies' } },
      { pause: {} },
    ]
    const trafficRouting = { ...byTraefikService.trafficRouting, managedRoutes: [{ name: 'copies' }] }
    const strategy = { canary: { ...services, trafficRouting, steps } }
    const shop = await openStorefront(story, 'mirror', { proxied: byTraefikService, strategy })
    await shop.release('1.1')
    await shop.untilPausedAt(2, 0)
    await eventually('the first copy', async () => {
      return (await receivedBy(shop, 'shop:1.1')) > 0 ? { found: undefined } : { missing: 'none came' }
    })
    await shop.expectAll('1.0')
    const { sent, copied } = await sample(shop)
    const { from, to } = sharesWithinSamplingError(0.5, sent)
    // Copies follow their requests: some of the sample's come after its end, and some of the ones before it within.
    assert.ok(copied >= from * sent - 10 && copied <= to * sent + 10, `${copied} of ${sent} requests were copied`)
    console.log(`#   ${copied} of ${sent} requests were copied to 1.1`)
    await shop.promote()
    await shop.untilPausedAt(4, 0)
    await eventually('no copy comes any more', async () => {
      const after = await sample(shop)
      return after.copied === 0 ? { found: undefined } : { missing: `${after.copied} of ${after.sent}` }
    })
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })
})
