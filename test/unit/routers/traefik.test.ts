import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { managedRoutePartsAnnotation } from '../../../src/api/labels.ts'
import { traefikServices } from '../../../src/api/resources.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import { canaryStepErrors } from '../../../src/api/validation/canary-steps.ts'
import { type BoundRouter, bindRouter, type TrafficIntent } from '../../../src/routers/router.ts'
import { traefikRouter } from '../../../src/routers/traefik/traefik.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { aRollout, setMirrorRoute } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const weightsOnly = { weightedTraefikServiceName: 'web' }
const withMirror = { weightedTraefikServiceName: 'web', mirroringTraefikServiceName: 'shadow' }

const builderOf = (traefik: typeof weightsOnly | typeof withMirror, ...steps: CanaryStep[]) =>
  aRollout('web')
    .routedBy({ traefik })
    .withManagedRoutes('copy')
    .withSteps(...steps)

const routerOf = (traefik: typeof weightsOnly | typeof withMirror = weightsOnly, ...steps: CanaryStep[]): BoundRouter =>
  bindRouter(traefikRouter(traefikServices), traefik, storedRollout(builderOf(traefik, ...steps)))

type Entry = { name: string; weight?: number; port?: number; kind?: string; namespace?: string; sticky?: object }

const stable = (weight: number): Entry => ({ name: 'web-stable', port: 80, weight, sticky: { cookie: {} } })
const canary = (weight: number): Entry => ({ name: 'web-canary', port: 81, weight })

const weighted = (services: readonly Entry[], annotations: Record<string, string> = {}) => ({
  kind: 'TraefikService',
  metadata: { name: 'web', annotations },
  spec: { weighted: { sticky: { cookie: { name: 'lane' } }, services } },
})

const mirroring = (mirrors?: readonly object[]) => ({
  kind: 'TraefikService',
  metadata: { name: 'shadow' },
  spec: { mirroring: { name: 'web', kind: 'TraefikService', maxBodySize: 1024, ...(mirrors && { mirrors }) } },
})

const patchesOf = (router: BoundRouter, intent: TrafficIntent, ...objects: WrittenObject[]) =>
  router.desire(intent, knownObjects(...objects)).map((write) => {
    assert.ok(write.type === 'patch')
    return write.patch
  })

const servicesIn = (patch: object | undefined): unknown =>
  (patch as { spec: { weighted: { services: unknown } } } | undefined)?.spec.weighted.services

describe('a weighted TraefikService', () => {
  it('gets the weights of a release from 0 to 100, and everything back to stable at an abort', () => {
    const seen = [10, 100, 0].map((weight, index, all) => {
      const before = all[index - 1] ?? 0
      const [patch] = patchesOf(routerOf(), trafficIntent(weight), weighted([stable(100 - before), canary(before)]))
      return servicesIn(patch)
    })
    assert.deepEqual(seen, [
      [stable(90), canary(10)],
      [stable(0), canary(100)],
      [stable(100), canary(0)],
    ])
  })

  it('keeps other entries, stickiness and ports, guarded by the version that was read', () => {
    const others = [
      { name: 'legacy', port: 90, weight: 7 },
      { name: 'web-canary', namespace: 'elsewhere', weight: 3 },
    ]
    const services = [...others, stable(100), canary(0)]
    assert.deepEqual(patchesOf(routerOf(), trafficIntent(25), weighted(services)), [
      {
        metadata: { resourceVersion: '7' },
        spec: { weighted: { sticky: { cookie: { name: 'lane' } }, services: [...others, stable(75), canary(25)] } },
      },
    ])
  })

  it('is not written when nothing changes', () => {
    assert.deepEqual(patchesOf(routerOf(), trafficIntent(25), weighted([stable(75), canary(25)])), [])
  })

  it('gets back what somebody else changed, and is not verified until then', () => {
    const drifted = weighted([stable(1), canary(99)])
    const [patch] = patchesOf(routerOf(), trafficIntent(25), drifted)
    assert.deepEqual(servicesIn(patch), [stable(75), canary(25)])
    assert.deepEqual(routerOf().verify(trafficIntent(25), knownObjects(drifted)), {
      state: 'pending',
      why: 'TraefikService web does not have the weights yet',
    })
  })

  it('has an entry for each version of an experiment, and loses it and the record of it afterwards', () => {
    const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
    const [begin] = patchesOf(routerOf(), trafficIntent(20, { additional }), weighted([stable(80), canary(20)]))
    const during = [stable(75), canary(20), { ...stable(5), name: 'web-e1' }]
    assert.deepEqual(servicesIn(begin), during)
    const record = JSON.stringify({ 'default/web': { backends: ['web-e1'] } })
    assert.deepEqual(begin?.metadata, {
      resourceVersion: '7',
      annotations: { [managedRoutePartsAnnotation]: record },
    })
    const recorded = weighted(during, { [managedRoutePartsAnnotation]: record })
    assert.deepEqual(patchesOf(routerOf(), trafficIntent(20, { additional }), recorded), [])
    const [end] = patchesOf(routerOf(), trafficIntent(20), recorded)
    assert.deepEqual(servicesIn(end), [stable(80), canary(20)])
    assert.deepEqual(end?.metadata, { resourceVersion: '7', annotations: { [managedRoutePartsAnnotation]: null } })
  })

  it('has everything on stable when the Rollout no longer names it', () => {
    const writes = routerOf().leave(trafficIntent(0), knownObjects(weighted([stable(50), canary(50)])))
    assert.deepEqual(
      writes.map((write) => write.type === 'patch' && servicesIn(write.patch)),
      [[stable(100), canary(0)]],
    )
  })
})

describe('a mirroring TraefikService', () => {
  const copy = { name: 'copy', match: [{ path: { prefix: '/' } }], percentage: 30 }
  const split = weighted([stable(100), canary(0)])
  const main = { name: 'web', kind: 'TraefikService', maxBodySize: 1024 }
  const intent = trafficIntent(0, { mirrorRoutes: [copy], managedRoutes: ['copy'] })

  it('copies the share of a step to the canary, at the port of its place in the weighted one', () => {
    const audit = { name: 'audit', port: 9, percent: 100 }
    assert.deepEqual(patchesOf(routerOf(withMirror), intent, split, mirroring([audit])), [
      {
        metadata: { resourceVersion: '7' },
        spec: { mirroring: { ...main, mirrors: [audit, { name: 'web-canary', port: 81, percent: 30 }] } },
      },
    ])
  })

  it('loses that mirror, and no other, with the route', () => {
    const mirrors = [
      { name: 'audit', percent: 100 },
      { name: 'web-canary', port: 81, percent: 30 },
    ]
    const [patch] = patchesOf(routerOf(withMirror), trafficIntent(0), split, mirroring(mirrors))
    assert.deepEqual(patch?.spec, { mirroring: { ...main, mirrors: mirrors.slice(0, 1) } })
  })

  it('is not written while it has the mirror, or needs none', () => {
    const there = mirroring([{ name: 'web-canary', port: 81, percent: 30 }])
    assert.deepEqual(patchesOf(routerOf(withMirror), intent, split, there), [])
    assert.deepEqual(patchesOf(routerOf(withMirror), trafficIntent(0), split, mirroring()), [])
  })
})

describe('what Traefik cannot do', () => {
  const at = 'spec.strategy.canary'
  const good = [weighted([stable(100), canary(0)]), mirroring()]
  const faults = (router: BoundRouter, ...objects: WrittenObject[]) =>
    router.validate(knownObjects(...objects)).map(({ field, detail }) => `${field}: ${detail}`)
  const everything: CanaryStep = { setMirrorRoute: { name: 'copy', match: [{ path: { prefix: '/' } }] } }

  it('is told of TraefikServices that are missing, or are of another sort', () => {
    assert.deepEqual(faults(routerOf(withMirror)), [
      `${at}.trafficRouting.traefik.weightedTraefikServiceName: TraefikService "web" not found`,
      `${at}.trafficRouting.traefik.mirroringTraefikServiceName: TraefikService "shadow" not found`,
    ])
    const shadow = { ...weighted([]), metadata: { name: 'shadow' } }
    assert.deepEqual(faults(routerOf(withMirror), weighted([stable(100)]), shadow), [
      `${at}.trafficRouting.traefik.weightedTraefikServiceName: TraefikService "web" lacks the stable Service ` +
        '"web-stable" and canary Service "web-canary" in weighted.services',
      `${at}.trafficRouting.traefik.mirroringTraefikServiceName: TraefikService "shadow" has no mirroring`,
    ])
  })

  it('is told of mirror steps that ask for some requests only', () => {
    assert.deepEqual(faults(routerOf(withMirror, everything), ...good), [])
    assert.deepEqual(faults(routerOf(withMirror, setMirrorRoute('copy', 'GET', 200)), ...good), [
      `${at}.steps[0].setMirrorRoute.match: Traefik mirrors all requests of a TraefikService: use one match, ` +
        '`path: { prefix: / }`',
      `${at}.steps[0].setMirrorRoute.percentage: must be between 0 and 100`,
    ])
  })

  it('is told of header routes', () => {
    const step = { setHeaderRoute: { name: 'copy', match: [{ headerName: 'x', headerValue: { exact: 'y' } }] } }
    assert.deepEqual(faults(routerOf(weightsOnly, step), good[0] ?? assert.fail()), [
      `${at}.steps[0].setHeaderRoute: the router traefik cannot route by headers: remove this, or the router`,
    ])
  })

  it('is told in the published words when a mirror step has no mirroring TraefikService', () => {
    const details = (traefik: typeof weightsOnly | typeof withMirror) =>
      canaryStepErrors(builderOf(traefik, everything).build().spec).map(({ detail }) => detail)
    assert.deepEqual(details(withMirror), [])
    assert.deepEqual(details(weightsOnly), ['SetMirrorRoute requires TrafficRouting, supports Istio and Plugins'])
  })
})
