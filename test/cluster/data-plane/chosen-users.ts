import assert from 'node:assert/strict'

import type { Proxied } from './proxied.ts'
import { settle } from './releases.ts'
import { startRequests } from './requests.ts'
import type { Asked, Storefront, StorefrontSettings } from './storefront.ts'
import { failures, tableOf } from './table.ts'
import { type Counts, total } from './tally.ts'

/** Users whom an A/B test chooses, each by something else of their requests. */
const chosen: readonly { readonly name: string; readonly asked: Asked; readonly step: object }[] = [
  {
    name: 'by-header',
    asked: { headers: { 'x-country': 'nl' } },
    step: { match: [{ headerName: 'x-country', headerValue: { exact: 'nl' } }] },
  },
  {
    name: 'by-query',
    asked: { path: '/?theme=dark&version=2.1' },
    step: { queryParams: [{ name: 'version', value: { prefix: '2.' } }] },
  },
  {
    name: 'by-cookie',
    asked: { headers: { cookie: 'lang=en; beta=yes; seen=1' } },
    step: { cookie: { name: 'beta', value: { exact: 'yes' } } },
  },
]

/** Users who are nearly, and not, what the steps ask for. */
const similar: readonly Asked[] = [
  { headers: { 'x-country': 'nlx', cookie: 'beta=yesterday; notbeta=yes' } },
  { path: '/?version=12.0&xversion=2.1' },
]

const enough = 200

/** Every answer was a good one of this version. @throws AssertionError */
export function expectOnly(tag: string, counts: Counts): void {
  assert.deepEqual([...counts.answered.keys()], [tag], 'versions that answered')
  assert.equal(failures(counts), 0, JSON.stringify([...counts.failed]))
}

/** Asks as some users do until there are so many answers, and prints them. */
export async function askAs(shop: Storefront, label: string, asked: Asked, answers = enough): Promise<Counts> {
  const requests = startRequests({ ...shop.users, ...asked, perSecond: 50 }, label)
  const [window] = requests.tally.windows()
  if (window !== undefined) await requests.untilFinished(window, answers)
  await requests.stop()
  const counts = total(requests.tally.windows().map((one) => one.counts()))
  console.log(tableOf(`# ${shop.scene.namespace}: ${label}`, [{ step: JSON.stringify(asked), weight: '', counts }]))
  return counts
}

/** A storefront whose releases show the canary to chosen users and to nobody else, and then to nobody. */
export function comparing(proxied: Proxied): StorefrontSettings {
  const services = { stableService: 'shop-stable', canaryService: 'shop-canary', scaleDownDelaySeconds: 5 }
  const trafficRouting = { ...proxied.trafficRouting, managedRoutes: chosen.map(({ name }) => ({ name })) }
  const steps = [
    { setCanaryScale: { replicas: 2 } },
    ...chosen.map(({ name, step }) => ({ setHeaderRoute: { name, ...step } })),
    { pause: {} },
    ...chosen.map(({ name }) => ({ setHeaderRoute: { name } })),
    { pause: {} },
  ]
  return { proxied, strategy: { canary: { ...services, trafficRouting, steps } } }
}

/** A release of it: an A/B test by header, query parameter and cookie. @throws AssertionError, ExpectationError */
export async function compareUsers(shop: Storefront): Promise<void> {
  await shop.release('1.1')
  await shop.untilPausedAt(4, 0)
  for (const { asked } of chosen) await shop.untilAnsweredBy('1.1', asked)
  await Promise.all([
    ...chosen.map(async ({ name, asked }) => expectOnly('1.1', await askAs(shop, name, asked))),
    ...similar.map(async (asked) => expectOnly('1.0', await askAs(shop, 'similar', asked))),
  ])
  await shop.expectAll('1.0')
  await shop.promote()
  await shop.untilPausedAt(8, 0)
  for (const { asked } of chosen) await shop.untilAnsweredBy('1.0', asked)
  await Promise.all(
    chosen.map(async ({ name, asked }) => expectOnly('1.0', await askAs(shop, `${name}, after its end`, asked))),
  )
  await shop.promote()
  await shop.scene.untilPhase('Healthy')
  await settle(shop, '1.1')
}
