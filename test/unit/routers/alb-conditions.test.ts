import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { albConditions } from '../../../src/api/kubernetes/alb-action.ts'
import type { SetHeaderRoute } from '../../../src/api/steps.ts'
import { routeConditions } from '../../../src/routers/alb/conditions.ts'
import { headerRouteOf } from '../../../src/routers/route-steps.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { routerOf } from '../../builders/router-golden.ts'

const conditionsOf = (step: SetHeaderRoute) => albConditions.parse(routeConditions(headerRouteOf(step)))

const beta: SetHeaderRoute = { name: 'beta', cookie: { name: 'beta', value: { exact: 'yes' } } }
const byQuery = (name: string, exact: string): SetHeaderRoute => ({
  name: 'beta',
  queryParams: [{ name, value: { exact } }],
})

describe('the conditions of a rule of an AWS load balancer', () => {
  it('look for a cookie as the last one, or before others', () => {
    assert.deepEqual(conditionsOf(beta), [
      { field: 'http-header', httpHeaderConfig: { httpHeaderName: 'Cookie', values: ['*beta=yes', '*beta=yes;*'] } },
    ])
  })

  it('ask for every query parameter by a condition of its own, in which "*" and "?" mean themselves', () => {
    const step = {
      name: 'beta',
      queryParams: [
        { name: 'v', value: { exact: '2' } },
        { name: 'q?', value: { exact: 'a*b' } },
      ],
    }
    assert.deepEqual(
      conditionsOf(step).map((one) => one.field === 'query-string' && one.queryStringConfig.values),
      [[{ key: 'v', value: '2' }], [{ key: 'q\\?', value: 'a\\*b' }]],
    )
  })

  it('ask for headers besides', () => {
    const match = [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }]
    assert.deepEqual(
      conditionsOf({ ...byQuery('v', '2'), match }).map(({ field }) => field),
      ['http-header', 'query-string'],
    )
  })
})

/** Faults of a step with an Ingress whose weighted path is this one. */
const faultsOf = (step: SetHeaderRoute, path = '/', host?: string) => {
  const backend = { service: { name: 'web-stable', port: { name: 'use-annotation' } } }
  const rule = { ...(host !== undefined && { host }), http: { paths: [{ path, pathType: 'Prefix', backend }] } }
  const ingress = { kind: 'Ingress', metadata: { name: 'web' }, ...{ spec: { rules: [rule] } } }
  const strategy = {
    canaryService: 'web-canary',
    stableService: 'web-stable',
    trafficRouting: { managedRoutes: [{ name: 'beta' }], alb: { ingress: 'web', servicePort: 80 } },
    steps: [{ setHeaderRoute: step }],
  }
  return routerOf({ strategy })
    .validate(knownObjects(ingress))
    .map(({ field, detail }) => `${field.replace('spec.strategy.canary.steps[0].setHeaderRoute', 'step')}: ${detail}`)
}

describe('a step by a cookie or a query parameter behind an AWS load balancer', () => {
  it('is fine as long as a rule has room for it', () => {
    assert.deepEqual(faultsOf(beta), [])
    assert.deepEqual(faultsOf(beta, '/shop', 'shop.example.com'), [])
    assert.deepEqual(faultsOf(byQuery('v', '2')), [])
  })

  it('is an error where host, path and conditions are more than a rule takes', () => {
    const both = { ...beta, ...byQuery('v', '2'), name: 'beta' }
    assert.deepEqual(faultsOf(both), [])
    assert.deepEqual(faultsOf(both, '/shop', 'shop.example.com'), [
      'step: makes a rule of 6 values with 4 wildcards, host and path of Ingress web among them, and an AWS load ' +
        'balancer takes 5 and 5',
    ])
  })

  it('compares exactly, and with a cookie in which no wildcard stands', () => {
    const cookie = (value: object) => faultsOf({ name: 'beta', cookie: { name: 'beta', value } })
    assert.deepEqual(cookie({ prefix: 'y' }), ['step.cookie.value: an AWS load balancer compares with `exact` only'])
    assert.match(cookie({ exact: 'y*s' })[0] ?? '', /^step.cookie: .* in cookies for wildcards/)
    const byPattern = { name: 'beta', queryParams: [{ name: 'v', value: { regex: '2.*' } }] }
    assert.deepEqual(faultsOf(byPattern), [
      'step.queryParams[0].value: an AWS load balancer compares with `exact` only',
    ])
  })

  it('takes texts of 128 characters', () => {
    assert.deepEqual(faultsOf(byQuery('v', 'x'.repeat(126))), [])
    assert.match(faultsOf(byQuery('v', 'x'.repeat(127)))[0] ?? '', /a value of 129 characters/)
  })
})
