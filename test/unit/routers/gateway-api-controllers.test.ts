import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CanaryStep } from '../../../src/api/steps.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { anHttpRoute } from '../../builders/objects.ts'
import { setHeaderRoute, setMirrorRoute } from '../../builders/rollout-builder.ts'
import { routerOf } from '../../builders/router-golden.ts'

const traefik = 'traefik.io/gateway-controller'

/** An HTTPRoute as these controllers report on it, each for a Gateway of its own. */
const servedBy = (...controllerNames: string[]) => ({
  ...anHttpRoute('web'),
  metadata: { name: 'web' },
  status: {
    parents: controllerNames.map((controllerName) => ({ parentRef: { name: controllerName }, controllerName })),
  },
})

const errorsOf = (step: CanaryStep, route: ReturnType<typeof servedBy>) =>
  routerOf({
    strategy: {
      canaryService: 'web-canary',
      stableService: 'web-stable',
      trafficRouting: {
        gatewayAPI: { httpRoute: 'web' },
        managedRoutes: [{ name: 'testers' }, { name: 'shadow' }],
      },
      steps: [step],
    },
  })
    .validate(knownObjects(route))
    .map(({ field, detail }) => `${field}: ${detail}`)

const toShadow = setMirrorRoute('shadow', 'GET')

describe('a mirror behind a product that answers mirrored requests with an error', () => {
  it('is an error of the step that names the product', () => {
    assert.deepEqual(errorsOf(toShadow, servedBy(traefik)), [
      'spec.strategy.canary.steps[0].setMirrorRoute: ' +
        `HTTPRoute "web" is served by ${traefik}, which answers requests that are to be mirrored with an error: ` +
        'remove this step',
    ])
  })

  it('is an error where that product is one of several that serve the route', () => {
    assert.equal(errorsOf(toShadow, servedBy('istio.io/gateway-controller', traefik)).length, 1)
    assert.deepEqual(errorsOf(toShadow, servedBy('istio.io/gateway-controller')), [])
  })

  it('leaves steps that mirror nothing alone', () => {
    assert.deepEqual(errorsOf(setMirrorRoute('shadow'), servedBy(traefik)), [])
    assert.deepEqual(errorsOf(setHeaderRoute('testers', { 'x-user': 'jane' }), servedBy(traefik)), [])
  })
})
