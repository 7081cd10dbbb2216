import assert from 'node:assert/strict'

import { z } from 'zod'

import type { Story } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'
import type { Proxied } from './proxied.ts'
import { settle } from './releases.ts'
import { sharesWithinSamplingError } from './sampling.ts'
import type { Storefront, StorefrontSettings } from './storefront.ts'
import { total } from './tally.ts'

const route = (proxied: Proxied, name: string, steps: readonly object[]): StorefrontSettings => {
  const services = { stableService: 'shop-stable', canaryService: 'shop-canary', scaleDownDelaySeconds: 5 }
  const trafficRouting = { ...proxied.trafficRouting, managedRoutes: [{ name }] }
  return { proxied, strategy: { canary: { ...services, trafficRouting, steps } } }
}

/** A storefront whose releases show testers the canary by a header, and then nobody. */
export function testersByHeader(proxied: Proxied): StorefrontSettings {
  const match = [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }]
  return route(proxied, 'testers', [
    { setCanaryScale: { replicas: 1 } },
    { setHeaderRoute: { name: 'testers', match } },
    { pause: {} },
    { setHeaderRoute: { name: 'testers' } },
    { pause: {} },
  ])
}

/** A release of it: testers meet the canary as long as their route is there, and users never do. @throws AssertionError, ExpectationError */
export async function showTesters(shop: Storefront): Promise<void> {
  const testers = { headers: { 'x-tester': 'yes' } }
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
  await shop.untilAnsweredBy('1.1', testers)
  await settle(shop, '1.1')
}

/** Steps that copy a share of the requests, in per cent, to the canary, and then none. */
export const copyingSteps = (percentage: number): readonly object[] => [
  { setCanaryScale: { replicas: 1 } },
  { setMirrorRoute: { name: 'copies', percentage, match: [{ path: { prefix: '/' } }] } },
  { pause: {} },
  { setMirrorRoute: { name: 'copies' } },
  { pause: {} },
]

/** A storefront whose releases have these steps. */
export function copiesByMirror(proxied: Proxied, percentage: number): StorefrontSettings {
  return route(proxied, 'copies', copyingSteps(percentage))
}

const addressed = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({ podIP: z.string().default('') }),
})

/** How many requests the pods of a version have had, asked of themselves. */
async function receivedBy(story: Story, { scene }: Storefront, image: string): Promise<number> {
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

/** Copies over a time, the requests that were sent and answered in it, and all that may have been copied in it. */
interface Sample {
  readonly sent: number
  readonly atMost: number
  readonly copied: number
}

async function sample(story: Story, shop: Storefront): Promise<Sample> {
  const { tally } = shop.requests
  const sentSoFar = (): number => total(tally.windows().map((one) => one.counts())).sent
  const sentBefore = sentSoFar()
  const before = await receivedBy(story, shop, 'shop:1.1')
  const window = tally.begin('mirrored')
  await shop.requests.untilFinished(window, 500)
  shop.note('going on')
  await shop.requests.untilFinished(window, window.counts().sent)
  const copied = (await receivedBy(story, shop, 'shop:1.1')) - before
  return { sent: window.counts().sent, atMost: sentSoFar() - sentBefore, copied }
}

/** A release of it: the canary has copies of that share as long as the route is there, and no user meets it. @throws AssertionError, ExpectationError */
export async function copyRequests(story: Story, shop: Storefront, percentage: number): Promise<void> {
  await shop.release('1.1')
  await shop.untilPausedAt(2, 0)
  await eventually('the first copy', async () => {
    return (await receivedBy(story, shop, 'shop:1.1')) > 0 ? { found: undefined } : { missing: 'none came' }
  })
  await shop.expectAll('1.0')
  const { sent, atMost, copied } = await sample(story, shop)
  const { from, to } = sharesWithinSamplingError(percentage / 100, sent)
  console.log(`#   ${shop.scene.namespace}: ${copied} of ${sent} requests were copied to 1.1`)
  // Copies follow their requests: some of the sample's come after its end, and some of the ones before it within.
  const late = 25
  assert.ok(copied >= from * sent - late && copied <= to * atMost + late, `${copied} of ${sent} requests were copied`)
  await shop.promote()
  await shop.untilPausedAt(4, 0)
  await eventually('no copy comes any more', async () => {
    const after = await sample(story, shop)
    return after.copied === 0 ? { found: undefined } : { missing: `${after.copied} of ${after.sent}` }
  })
  await shop.promote()
  await shop.scene.untilPhase('Healthy')
  await settle(shop, '1.1')
}
