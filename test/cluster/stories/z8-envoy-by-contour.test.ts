import { after, before, describe, it } from 'node:test'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byEnvoyRoute, byHttpProxy } from '../data-plane/proxied.ts'
import { abortHalfway, goThroughSteps, stepByStep } from '../data-plane/releases.ts'
import { copiesByMirror, copyingSteps, copyRequests, showTesters, testersByHeader } from '../data-plane/step-routes.ts'
import { openStorefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'

const skip = whyNoPodNetworks() ?? false

describe('(z8) Envoy, as Contour tells it: requests go where the status says', { concurrency: 3, skip }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z8')
    await story.startController()
  })

  after(() => story.end())

  for (const proxied of [byHttpProxy, byEnvoyRoute]) {
    it(`a release that is promoted: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `promoted-${proxied.name}`, stepByStep(proxied))
      await shop.release('1.1')
      await goThroughSteps(shop, '1.1')
    })
  }

  it('a release that is aborted: http-proxy', async () => {
    const shop = await openStorefront(story, 'aborted-http-proxy', stepByStep(byHttpProxy))
    await shop.release('1.1')
    await abortHalfway(shop, '1.1')
  })

  it('by a header testers meet the canary, and users never do while its weight is 0: http-proxy', async () => {
    await showTesters(await openStorefront(story, 'header-http-proxy', testersByHeader(byHttpProxy)))
  })

  it('by a mirror the canary meets copies of a part of the requests, and no user meets it: http-proxy', async () => {
    await copyRequests(story, await openStorefront(story, 'mirror-http-proxy', copiesByMirror(byHttpProxy, 50)), 50)
  })

  it('a mirror of a part, which Contour makes one of all, is refused in an HTTPRoute; one of all is not', async () => {
    const shop = await openStorefront(story, 'mirror-envoy-route', copiesByMirror(byEnvoyRoute, 100))
    const change = (percentage: number): object => ({ strategy: { canary: { steps: copyingSteps(percentage) } } })
    await shop.scene.patch('Rollout', 'shop', { spec: change(50) })
    await shop.scene.untilRollout('InvalidSpec that names the product', ({ status }) =>
      status.conditions.some(
        ({ type, message }) =>
          type === 'InvalidSpec' &&
          message.includes('percentage') &&
          message.includes('projectcontour.io/gateway-controller'),
      ),
    )
    await shop.expectAll('1.0')
    await shop.scene.patch('Rollout', 'shop', { spec: change(100) })
    await copyRequests(story, shop, 100)
  })
})
