import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type DataPlane, useDataPlane } from '../data-plane/data-plane.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, byTraefikService, type Proxied } from '../data-plane/proxied.ts'
import { expectNothingLost, openStorefront } from '../data-plane/storefront.ts'
import type { Manifest } from '../harness/manifest.ts'
import { type Story, tellStory } from '../harness/story.ts'

/** The part of the canary's answers that were no server errors, in the proxy's own counters, for as long as a release runs. */
function successRate({ prometheus }: DataPlane): Manifest {
  const requests = (more: string): string =>
    `sum(rate(traefik_service_requests_total{service=~"{{args.namespace}}-shop-canary-.*"${more}}[5s]))`
  const metric = {
    name: 'success-rate',
    interval: '1s',
    failureLimit: 0,
    inconclusiveLimit: 100,
    successCondition: 'len(result) > 0 && result[0] >= 0.95',
    failureCondition: 'len(result) > 0 && result[0] < 0.95',
    provider: {
      prometheus: { address: prometheus.url, query: `${requests(',code!~"5.."')} / ${requests('')}` },
    },
  }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'success-rate' },
    spec: { args: [{ name: 'namespace' }], metrics: [metric] },
  }
}

const strategyOf = ({ trafficRouting }: Proxied) => ({
  canary: {
    stableService: 'shop-stable',
    canaryService: 'shop-canary',
    scaleDownDelaySeconds: 5,
    abortScaleDownDelaySeconds: 5,
    trafficRouting,
    analysis: {
      startingStep: 1,
      templates: [{ templateName: 'success-rate' }],
      args: [{ name: 'namespace', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    },
    steps: [{ setWeight: 20 }, { pause: { duration: '12s' } }, { setWeight: 60 }, { pause: { duration: '5s' } }],
  },
})

describe('(z5) an analysis judges by what the proxy has counted', {
  concurrency: 3,
  skip: whyNoPodNetworks() ?? false,
}, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z5')
    await story.startController()
  })

  after(() => story.end())

  const judged = async (proxied: Proxied): Promise<Proxied> => {
    const template = successRate(await useDataPlane())
    return { ...proxied, objects: (host) => [...proxied.objects(host), template] }
  }

  for (const proxied of [byHttpRoute, byTraefikService]) {
    it(`a bad canary is aborted, and users are back with the stable version: ${proxied.name}`, async () => {
      const settings = { proxied: await judged(proxied), strategy: strategyOf(proxied) }
      const shop = await openStorefront(story, `bad-${proxied.name}`, settings)
      await shop.release('1.1-bad')
      const aborted = await shop.scene.untilPhase('Degraded')
      assert.match(aborted.status.message, /Metric "success-rate" assessed Failed/)
      await shop.scene.untilSizes({ 'shop:1.0': 3 })
      await shop.expectAll('1.0')
      const { failed } = await shop.close()
      assert.deepEqual([...failed.keys()], ['500 from 1.1-bad'], 'requests failed that the canary did not answer')
    })
  }

  it('a good canary is promoted', async () => {
    const settings = { proxied: await judged(byHttpRoute), strategy: strategyOf(byHttpRoute) }
    const shop = await openStorefront(story, 'good', settings)
    await shop.release('1.1')
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })
})
