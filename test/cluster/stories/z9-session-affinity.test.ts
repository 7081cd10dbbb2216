import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { after, before, describe, it } from 'node:test'

import { askAs, compareUsers, comparing, expectOnly } from '../data-plane/chosen-users.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byEnvoyRoute } from '../data-plane/proxied.ts'
import { reach } from '../data-plane/releases.ts'
import { ask } from '../data-plane/requests.ts'
import { expectNothingLost, expectWithin, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { total } from '../data-plane/tally.ts'
import { startVisitors } from '../data-plane/visitors.ts'
import { type Story, tellStory } from '../harness/story.ts'

const cookieName = 'shop-version'

/** The weight goes up and down again. */
const keeping = {
  proxied: byEnvoyRoute,
  strategy: {
    canary: {
      stableService: 'shop-stable',
      canaryService: 'shop-canary',
      scaleDownDelaySeconds: 5,
      abortScaleDownDelaySeconds: 5,
      trafficRouting: { ...byEnvoyRoute.trafficRouting, sessionAffinity: { cookieName, maxAge: 3600 } },
      steps: [20, 50, 10].flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
    },
  },
}

const enough = 200

/**
 * What the answers to users without cookies set, by the version that gave them: asks until each version has answered some.
 */
async function cookiesGiven(shop: Storefront): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const agent = new Agent({ keepAlive: true })
  const given = new Map<string, Set<string>>()
  for (let sent = 0; sent < enough; sent += 1) {
    const { version = '', cookies } = await ask(agent, shop.users)
    const texts = given.get(version) ?? new Set()
    given.set(version, texts.add(cookies.join(' and ')))
  }
  agent.destroy()
  return given
}

describe('(z9) session affinity, with real requests', { concurrency: 3, skip: whyNoPodNetworks() ?? false }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z9')
    await story.startController()
  })

  after(() => story.end())

  /** The only cookie that anybody got, from the canary with each answer, as a browser sends it back. */
  const theCookie = async (shop: Storefront): Promise<string> => {
    const given = await cookiesGiven(shop)
    assert.deepEqual([...(given.get('1.0') ?? [])], [''], 'what answers of the stable version set')
    const [text = '', ...more] = given.get('1.1') ?? []
    assert.match(text, /^shop-version=[a-z0-9]+; /)
    assert.deepEqual(more, [], 'what other answers of the canary set')
    return text.split(';')[0] ?? ''
  }

  /** A shop whose canary has the first weight, and visitors who keep the cookie that they got there. */
  const withVisitors = async (detail: string) => {
    const shop = await openStorefront(story, detail, keeping)
    await shop.release('1.1')
    await reach(shop, '1.1', 1, 20)
    const cookie = await theCookie(shop)
    const visitors = startVisitors(shop.users, cookieName, 'the first weight')
    story.atEnd(() => visitors.stop())
    expectOnly('1.1', await visitors.untilInvited(enough))
    return { shop, cookie, visitors }
  }

  it('keeps users who met the canary while its weight goes up and down, and nobody else', async () => {
    const { shop, cookie, visitors } = await withVisitors('kept')
    for (const [step, weight] of [
      [3, 50],
      [5, 10],
    ] as const) {
      await shop.promote()
      await shop.untilPausedAt(step, weight)
      visitors.note(`at ${weight} %`)
      await reach(shop, '1.1', step, weight)
      expectOnly('1.1', await visitors.untilInvited(enough))
    }
    visitors.note('the promotion')
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    await visitors.stop()
    expectOnly('1.1', total(visitors.invited.windows().map((window) => window.counts())))

    // A cookie that is left over means nothing to the next release, which has one of its own.
    await shop.release('1.2')
    await reach(shop, '1.2', 1, 20)
    expectWithin('1.2', 20, await askAs(shop, 'with the cookie of the release before', { headers: { cookie } }, 500))
    expectNothingLost(await shop.close())
  })

  it('sends users who met the canary to the stable version after an abort', async () => {
    const { shop, cookie, visitors } = await withVisitors('returned')
    visitors.note('the abort')
    await shop.abort()
    await shop.scene.untilPhase('Degraded')
    await shop.untilAnsweredBy('1.0', { headers: { cookie } })
    visitors.note('after the abort')
    await shop.scene.untilSizes({ 'shop:1.0': 3 })
    await shop.expectAll('1.0')
    expectOnly('1.0', await visitors.untilInvited(enough))
    assert.deepEqual([...(await cookiesGiven(shop))], [['1.0', new Set([''])]], 'cookies that are still given')
    await visitors.stop()
    expectNothingLost(await shop.close())
  })

  it('an A/B test by header, query parameter and cookie at a weight of 0', async () => {
    await compareUsers(await openStorefront(story, 'compared', comparing(byEnvoyRoute)))
  })
})
