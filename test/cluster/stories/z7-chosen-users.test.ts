import { after, before, describe, it } from 'node:test'

import { compareUsers, comparing, expectOnly } from '../data-plane/chosen-users.ts'
import { toRealVersion } from '../data-plane/manifest.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute } from '../data-plane/proxied.ts'
import { expectNothingLost, expectWithin, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { total } from '../data-plane/tally.ts'
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

  it('an A/B test by header, query parameter and cookie at a weight of 0', async () => {
    await compareUsers(await openStorefront(story, 'compared', comparing(byHttpRoute)))
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
