import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { toRealVersion } from '../data-plane/manifest.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute } from '../data-plane/proxied.ts'
import { type Requests, startRequests } from '../data-plane/requests.ts'
import {
  type Asked,
  expectNothingLost,
  expectWithin,
  openStorefront,
  type Storefront,
} from '../data-plane/storefront.ts'
import { failures, tableOf } from '../data-plane/table.ts'
import { type Counts, total } from '../data-plane/tally.ts'
import { startVisitors, type Visitors } from '../data-plane/visitors.ts'
import { type Story, tellStory } from '../harness/story.ts'

const services = {
  stableService: 'shop-stable',
  canaryService: 'shop-canary',
  scaleDownDelaySeconds: 5,
  abortScaleDownDelaySeconds: 5,
}

/** The version whose answers give everybody the cookie. */
const inviting = '1.1-inviting'

const pods = { setCanaryScale: { replicas: 2 } }
const pause = { pause: {} }

const keeping = {
  canary: {
    ...services,
    trafficRouting: { ...byHttpRoute.trafficRouting, managedRoutes: [{ name: 'invited' }] },
    steps: [
      pods,
      { setHeaderRoute: { name: 'invited', cookie: { name: 'invited', value: { exact: 'always' } } } },
      pause,
      { setWeight: 20 },
      pause,
      { setWeight: 50 },
      pause,
      { setWeight: 10 },
      pause,
    ],
  },
}

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

const comparing = {
  canary: {
    ...services,
    trafficRouting: { ...byHttpRoute.trafficRouting, managedRoutes: chosen.map(({ name }) => ({ name })) },
    steps: [
      pods,
      ...chosen.map(({ name, step }) => ({ setHeaderRoute: { name, ...step } })),
      pause,
      ...chosen.map(({ name }) => ({ setHeaderRoute: { name } })),
      pause,
    ],
  },
}

const byWeight = {
  canary: { ...services, trafficRouting: byHttpRoute.trafficRouting, steps: [{ setWeight: 20 }, pause] },
}

const enough = 200

describe('(z7) users who are chosen, with real requests', { concurrency: 3, skip: whyNoPodNetworks() ?? false }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z7')
    await story.startController()
  })

  after(() => story.end())

  const visit = (shop: Storefront): Visitors => {
    const visitors = startVisitors(shop.users, 'invited', 'cookies are respected')
    story.atEnd(() => visitors.stop())
    return visitors
  }

  /** The canary answers all who have the cookie, and nobody else, as long as its weight is 0. */
  const untilCookieCounts = async (shop: Storefront): Promise<void> => {
    await shop.release(inviting)
    await shop.untilPausedAt(2, 0)
    await shop.untilAnsweredBy(inviting, { headers: { cookie: 'invited=always' } })
    await shop.expectAll('1.0')
  }

  const expectOnly = (tag: string, counts: Counts): void => {
    assert.deepEqual([...counts.answered.keys()], [tag], 'versions that answered')
    assert.equal(failures(counts), 0, JSON.stringify([...counts.failed]))
  }

  it('a cookie that the canary gave keeps them there while its weight goes up and down', async () => {
    const shop = await openStorefront(story, 'kept', { proxied: byHttpRoute, strategy: keeping })
    await untilCookieCounts(shop)
    const visitors = visit(shop)
    for (const [step, weight] of [
      [4, 20],
      [6, 50],
      [8, 10],
    ] as const) {
      await shop.promote()
      await shop.untilPausedAt(step, weight)
      visitors.note(`at ${weight} %`)
      await shop.expectShare(inviting, weight)
      expectOnly(inviting, await visitors.untilInvited(enough))
    }
    visitors.note('the promotion')
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ [`shop:${inviting}`]: 3 })
    await shop.expectAll(inviting)
    expectOnly(inviting, total(visitors.invited.windows().map((window) => window.counts())))

    // A cookie that is left over means nothing to a release that does not ask for it.
    await shop.scene.patch('Rollout', 'shop', { spec: { strategy: byWeight, ...toRealVersion('1.2').spec } })
    await shop.untilPausedAt(1, 20)
    await shop.expectShare('1.2', 20)
    visitors.note('the next release, at 20 %')
    expectWithin('1.2', 20, await visitors.untilInvited(500))
    await visitors.stop()
    expectNothingLost(await shop.close())
  })

  it('a cookie that the canary gave leads to the stable version after an abort', async () => {
    const shop = await openStorefront(story, 'returned', { proxied: byHttpRoute, strategy: keeping })
    await untilCookieCounts(shop)
    const visitors = visit(shop)
    await shop.promote()
    await shop.untilPausedAt(4, 20)
    visitors.note('at 20 %')
    await shop.expectShare(inviting, 20)
    expectOnly(inviting, await visitors.untilInvited(enough))
    visitors.note('the abort')
    await shop.abort()
    await shop.scene.untilPhase('Degraded')
    await shop.untilAnsweredBy('1.0', { headers: { cookie: 'invited=always' } })
    visitors.note('after the abort')
    await shop.scene.untilSizes({ 'shop:1.0': 3 })
    await shop.expectAll('1.0')
    expectOnly('1.0', await visitors.untilInvited(enough))
    await visitors.stop()
    expectNothingLost(await shop.close())
  })

  /** Asks as some users do until there are enough answers, and prints them. */
  const ask = async (shop: Storefront, label: string, asked: Asked): Promise<Counts> => {
    const requests: Requests = startRequests({ ...shop.users, ...asked, perSecond: 50 }, label)
    const [window] = requests.tally.windows()
    if (window !== undefined) await requests.untilFinished(window, enough)
    await requests.stop()
    const counts = total(requests.tally.windows().map((one) => one.counts()))
    console.log(
      tableOf(`# ${shop.scene.namespace}: ${label}`, [{ step: JSON.stringify(asked), weight: '0 %', counts }]),
    )
    return counts
  }

  it('an A/B test by header, query parameter and cookie at a weight of 0', async () => {
    const shop = await openStorefront(story, 'compared', { proxied: byHttpRoute, strategy: comparing })
    await shop.release('1.1')
    await shop.untilPausedAt(4, 0)
    for (const { asked } of chosen) await shop.untilAnsweredBy('1.1', asked)
    await Promise.all([
      ...chosen.map(async ({ name, asked }) => expectOnly('1.1', await ask(shop, name, asked))),
      ...similar.map(async (asked) => expectOnly('1.0', await ask(shop, 'similar', asked))),
    ])
    await shop.expectAll('1.0')
    await shop.promote()
    await shop.untilPausedAt(8, 0)
    for (const { name, asked } of chosen) {
      await shop.untilAnsweredBy('1.0', asked)
      expectOnly('1.0', await ask(shop, `${name}, after its end`, asked))
    }
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })

  it('session affinity, which this proxy cannot do, is refused while users go on', async () => {
    const shop = await openStorefront(story, 'refused', { proxied: byHttpRoute, strategy: byWeight })
    const affinity = (sessionAffinity: object | null): object => ({
      strategy: { canary: { trafficRouting: { sessionAffinity } } },
    })
    const refused = { spec: { ...affinity({ cookieName: 'seen' }), ...toRealVersion('1.1').spec } }
    await shop.scene.patch('Rollout', 'shop', refused)
    await shop.scene.untilRollout('InvalidSpec that names the proxy', ({ status }) =>
      status.conditions.some(
        ({ type, message }) =>
          type === 'InvalidSpec' &&
          message.includes('sessionAffinity') &&
          message.includes('traefik.io/gateway-controller'),
      ),
    )
    await shop.scene.untilSizes({ 'shop:1.0': 3 })
    await shop.expectAll('1.0')
    await shop.scene.patch('Rollout', 'shop', { spec: affinity(null) })
    await shop.untilPausedAt(1, 20)
    await shop.expectShare('1.1', 20)
    expectNothingLost(await shop.close())
  })
})
