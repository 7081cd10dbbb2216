import { after, before, describe, it } from 'node:test'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, byTraefikService } from '../data-plane/proxied.ts'
import { copiesByMirror, copyRequests, showTesters, testersByHeader } from '../data-plane/step-routes.ts'
import { openStorefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'

describe('(z4) routes of steps, with real requests', { concurrency: 3, skip: whyNoPodNetworks() ?? false }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z4')
    await story.startController()
  })

  after(() => story.end())

  it('by a header testers meet the canary, and users never do while its weight is 0', async () => {
    await showTesters(await openStorefront(story, 'header', testersByHeader(byHttpRoute)))
  })

  it('by a mirror the canary meets copies of a part of the requests, and no user meets it', async () => {
    await copyRequests(story, await openStorefront(story, 'mirror', copiesByMirror(byTraefikService, 50)), 50)
  })
})
