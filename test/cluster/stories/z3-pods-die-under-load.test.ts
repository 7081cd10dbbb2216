import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { z } from 'zod'

import { aRetry, aRoute } from '../data-plane/manifest.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, type Proxied } from '../data-plane/proxied.ts'
import { expectNothingLost, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { failures } from '../data-plane/table.ts'
import { total, type Window } from '../data-plane/tally.ts'
import { isReady, type Pod } from '../harness/objects.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'

/** The owner of the route lets the proxy ask another pod when one cannot be reached. */
const withRetries: Proxied = {
  ...byHttpRoute,
  objects: (host) => {
    const extensionRef = { group: 'traefik.io', kind: 'Middleware', name: 'retry' }
    return [aRetry(4), aRoute(host, { filters: [{ type: 'ExtensionRef', extensionRef }] })]
  },
}

const restarts = z.object({
  status: z.object({ containerStatuses: z.array(z.object({ restartCount: z.number() })).default([]) }),
})

const strategy = {
  canary: {
    stableService: 'shop-stable',
    canaryService: 'shop-canary',
    scaleDownDelaySeconds: 5,
    trafficRouting: byHttpRoute.trafficRouting,
    steps: [{ setWeight: 50 }, { pause: {} }],
  },
}

describe('(z3) pods die in the middle of a release', { concurrency: 3, skip: whyNoPodNetworks() ?? false }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z3')
    await story.startController()
  })

  after(() => story.end())

  const imageOf = ({ spec }: Pod): string => spec.containers[0]?.image ?? ''

  /** One Ready pod of each version. */
  const victims = async ({ scene }: Storefront): Promise<readonly Pod[]> => {
    const pods = (await scene.pods()).filter(isReady)
    return ['shop:1.0', 'shop:1.1'].flatMap((image) => pods.find((pod) => imageOf(pod) === image) ?? [])
  }

  const untilAllReady = ({ scene }: Storefront, count: number): Promise<void> =>
    eventually(`${scene.namespace}: ${count} pods are Ready`, async () => {
      const ready = (await scene.pods()).filter(isReady)
      return ready.length === count ? { found: undefined } : { missing: `${ready.length} are` }
    })

  const toHalf = async (detail: string, proxied: Proxied): Promise<Storefront> => {
    const shop = await openStorefront(story, detail, { proxied, strategy })
    await shop.release('1.1')
    await shop.untilPausedAt(1, 50)
    await shop.expectShare('1.1', 50)
    return shop
  }

  const promote = async (shop: Storefront): Promise<void> => {
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
  }

  it('evicted ones: no request is lost', async () => {
    const shop = await toHalf('evicted', byHttpRoute)
    const ready = (await shop.scene.pods()).length
    for (const { metadata } of await victims(shop)) {
      shop.note(`evicted ${metadata.name}`)
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name } }
      const path = `${shop.scene.pathOf('Pod', metadata.name)}/eviction`
      await story.cluster.plane.api.post(path, eviction, z.object({}))
      await untilAllReady(shop, ready)
    }
    await shop.expectShare('1.1', 50)
    await promote(shop)
    expectNothingLost(await shop.close())
  })

  const untilRestarted = async ({ scene }: Storefront, name: string): Promise<void> => {
    await eventually(`${name} was started again`, async () => {
      const { containerStatuses } = (await story.cluster.plane.api.get(scene.pathOf('Pod', name), restarts)).status
      const count = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
      return count > 0 ? { found: undefined } : { missing: 'it was not' }
    })
  }

  /**
   * A request that a pod was answering when it was killed is lost, and so is one that the proxy sends on a connection to it
   * whose end it has not noticed yet: no proxy may ask again what a server may have begun to read. All others reach a pod
   * that is alive, since the proxy asks another one for what it could not send.
   */
  it('killed ones: nothing is lost but what was on its way to them', async () => {
    const shop = await toHalf('killed', withRetries)
    const { length: count } = await shop.scene.pods()
    const outages: Window[] = []
    for (const { metadata } of await victims(shop)) {
      outages.push(shop.requests.tally.begin(`killed ${metadata.name}`))
      // What is on its way when the pod dies was sent before: its sending has to fall into the outage too.
      await delay(500)
      await shop.dataPlane.kubelet.kill(shop.scene.namespace, metadata.name)
      await untilRestarted(shop, metadata.name)
      await untilAllReady(shop, count)
      shop.note('started again')
    }
    await shop.expectShare('1.1', 50)
    await promote(shop)
    const lost = failures(await shop.close())
    const during = total(outages.map((outage) => outage.counts()))
    assert.equal(lost, failures(during), 'requests failed that were sent while all pods were alive')
    // Without another pod to ask, every request to the dead one would fail: a sixth or a quarter of all.
    assert.ok(lost <= during.sent / 20, `${lost} of ${during.sent} requests failed`)
  })
})
