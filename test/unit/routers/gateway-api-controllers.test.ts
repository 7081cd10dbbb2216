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

/** A GatewayClass whose controller says that it can do this. */
const aClass = (name: string, controllerName: string, supportedFeatures?: readonly unknown[]) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name, namespace: '' },
  spec: { controllerName },
  status: { conditions: [], ...(supportedFeatures !== undefined && { supportedFeatures }) },
})

const errorsOf = (step: CanaryStep, route: ReturnType<typeof servedBy>, ...classes: ReturnType<typeof aClass>[]) =>
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
    .validate(knownObjects(route, ...classes))
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

describe('a mirror behind a product that copies all requests whatever the share', () => {
  const contour = 'projectcontour.io/gateway-controller'

  it('is an error of its share that names the product', () => {
    assert.deepEqual(errorsOf(setMirrorRoute('shadow', 'GET', 10), servedBy(contour)), [
      'spec.strategy.canary.steps[0].setMirrorRoute.percentage: ' +
        `HTTPRoute "web" is served by ${contour}, which copies all requests whatever the percentage: remove it, or use ` +
        'another router',
    ])
  })

  it('is no error where all are to be copied, or where another product serves the route', () => {
    assert.deepEqual(errorsOf(toShadow, servedBy(contour)), [])
    assert.deepEqual(errorsOf(setMirrorRoute('shadow', 'GET', 100), servedBy(contour)), [])
    assert.deepEqual(errorsOf(setMirrorRoute('shadow', 'GET', 10), servedBy('istio.io/gateway-controller')), [])
  })

  it('is no error where a GatewayClass of the product lists shares, as a later version may', () => {
    const features = ['HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror', 'HTTPRouteMethodMatching']
    assert.deepEqual(
      errorsOf(setMirrorRoute('shadow', 'GET', 10), servedBy(contour), aClass('edge', contour, features)),
      [],
    )
  })
})

describe('a step that needs what a GatewayClass does not list', () => {
  const controller = 'example.com/gateway'
  const route = servedBy(controller)
  const named = (...names: string[]) => names.map((name) => ({ name }))
  const lacks = (what: string, feature: string) =>
    `spec.strategy.canary.steps[0].${what}: HTTPRoute "web" is served by ${controller}, whose GatewayClass "edge" does ` +
    `not have ${feature} among its supportedFeatures: remove this, or use another class`

  it('is an error that names the class and the feature', () => {
    const mirrors = named('HTTPRoute', 'HTTPRouteMethodMatching')
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, mirrors)), [
      lacks('setMirrorRoute', 'HTTPRouteRequestMirror'),
    ])
    const shares = named('HTTPRouteRequestMirror', 'HTTPRouteMethodMatching')
    assert.deepEqual(errorsOf(setMirrorRoute('shadow', 'GET', 10), route, aClass('edge', controller, shares)), [
      lacks('setMirrorRoute.percentage', 'HTTPRouteRequestPercentageMirror'),
    ])
    const methods = named('HTTPRouteRequestMirror')
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, methods)), [
      lacks('setMirrorRoute.match', 'HTTPRouteMethodMatching'),
    ])
  })

  it('is one about query parameters too, and never about headers, which all compare', () => {
    const plain = aClass('edge', controller, named('HTTPRoute'))
    const byQuery = { setHeaderRoute: { name: 'testers', queryParams: [{ name: 'beta', value: { exact: '1' } }] } }
    assert.deepEqual(errorsOf(byQuery, route, plain), [
      lacks('setHeaderRoute.queryParams', 'HTTPRouteQueryParamMatching'),
    ])
    assert.deepEqual(errorsOf(setHeaderRoute('testers', { 'x-user': 'jane' }), route, plain), [])
  })

  it('is none where the class lists it, as an object or, as before Gateway API 1.3, as a text', () => {
    const features = ['HTTPRouteRequestMirror', 'HTTPRouteMethodMatching']
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, features)), [])
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, named(...features))), [])
  })

  it('is none where nobody says what the controller can do', () => {
    assert.deepEqual(errorsOf(toShadow, route), [])
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller)), [])
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, [])), [])
    assert.deepEqual(errorsOf(toShadow, route, aClass('other', 'example.com/other', named('HTTPRoute'))), [])
    assert.deepEqual(errorsOf(toShadow, servedBy(), aClass('edge', controller, named('HTTPRoute'))), [])
  })

  it('is none where another class of the controller lists it, since the Gateway may be of that one', () => {
    const mirroring = aClass('new', controller, named('HTTPRouteRequestMirror', 'HTTPRouteMethodMatching'))
    assert.deepEqual(errorsOf(toShadow, route, aClass('edge', controller, named('HTTPRoute')), mirroring), [])
  })
})
