import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CanaryStrategy } from '../../../src/api/canary.ts'
import type { CanaryStep, SetMirrorRoute } from '../../../src/api/steps.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { setHeaderRoute, setMirrorRoute } from '../../builders/rollout-builder.ts'
import { routerOf, settle } from '../../builders/router-golden.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const managedRoutes = [{ name: 'testers' }, { name: 'shadow' }]

const routerFor = (steps: CanaryStep[] = [], more: CanaryStrategy['trafficRouting'] = {}) =>
  routerOf({
    strategy: {
      canaryService: 'web-canary',
      stableService: 'web-stable',
      trafficRouting: { gatewayAPI: { httpRoute: 'web' }, managedRoutes, ...more },
      steps,
    },
  })

const paths = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ path: { type: 'PathPrefix', value: `/${from + index}` } }))

/** An HTTPRoute with a rule for each count of matches, all of which split. */
const httpRoute = (...matchCounts: number[]): JsonObject & WrittenObject => ({
  kind: 'HTTPRoute',
  metadata: { name: 'web' },
  spec: {
    rules: matchCounts.map((count, index) => ({
      matches: paths(count, index * 100),
      backendRefs: [
        { name: 'web-stable', port: 80 },
        { name: 'web-canary', port: 80, weight: 0 },
      ],
    })),
  },
})

const ones = (count: number) => Array.from({ length: count }, () => 1)

const errorsOf = (route: WrittenObject, steps: CanaryStep[], more: CanaryStrategy['trafficRouting'] = {}) =>
  routerFor(steps, more)
    .validate(knownObjects(route))
    .map(({ field, detail }) => `${field}: ${detail}`)

const toTesters = setHeaderRoute('testers', { 'x-user': 'jane' })
const toShadow = setMirrorRoute('shadow', 'GET')
const at = 'spec.strategy.canary'

describe('a route that would become too large in the middle of a release', () => {
  it('is an error of the step with which it would, before the release begins', () => {
    assert.deepEqual(errorsOf(httpRoute(...ones(8)), [toTesters]), [])
    assert.deepEqual(errorsOf(httpRoute(...ones(8)), [toTesters, toShadow]), [
      `${at}.steps[1].setMirrorRoute: HTTPRoute "web" would have 24 rules, and the Gateway API takes 16: ` +
        'let fewer of its rules split, or ask for less',
    ])
  })

  it('is none where a route of a step is gone before the next one', () => {
    assert.deepEqual(errorsOf(httpRoute(...ones(8)), [toTesters, setHeaderRoute('testers'), toShadow]), [])
  })

  it('is an error of the session affinity where that alone is too much', () => {
    const sessions = { sessionAffinity: { cookieName: 'seen' } }
    assert.deepEqual(errorsOf(httpRoute(...ones(8)), [], sessions), [])
    assert.match(errorsOf(httpRoute(...ones(9)), [], sessions)[0] ?? '', /trafficRouting\.sessionAffinity: .* 18 rules/)
  })

  it('may have too many matches rather than rules', () => {
    assert.deepEqual(errorsOf(httpRoute(64), [toTesters]), [])
    assert.match(errorsOf(httpRoute(64, 1), [toTesters])[0] ?? '', /would have 130 matches in its rules, .* takes 128/)
  })
})

describe('a rule for a route of a step', () => {
  const match = ['GET', 'HEAD', 'OPTIONS'].map((exact) => ({ method: { exact } }))
  const shadow: SetMirrorRoute = { name: 'shadow', match }

  const matchCounts = (route: JsonObject & WrittenObject): readonly unknown[] => {
    const mirrorRoutes = [{ name: 'shadow', match, percentage: 100 }]
    const intent = trafficIntent(0, { mirrorRoutes, managedRoutes: ['shadow'] })
    const { objects } = settle(routerFor([{ setMirrorRoute: shadow }]), intent, [route])
    const rules = objectOr(objects[0]?.spec).rules as { name?: string; matches: unknown[] }[]
    return rules.map(({ name, matches }) => `${name ?? 'own'} ${matches.length}`)
  }

  it('is several where the first versions of the Gateway API would not take its matches in one', () => {
    assert.deepEqual(matchCounts(httpRoute(6)), ['shadow 8', 'shadow.2 8', 'shadow.3 2', 'own 6'])
  })

  it('is as long as the rules of the route show that it may be', () => {
    assert.deepEqual(matchCounts(httpRoute(9)), ['shadow 9', 'shadow.2 9', 'shadow.3 9', 'own 9'])
    assert.deepEqual(matchCounts(httpRoute(2)), ['shadow 6', 'own 2'])
  })
})

describe('a mirror of a part of the requests', () => {
  const needsOf = (percentage: number) => {
    const mirrorRoutes = [{ name: 'shadow', match: [{ method: { exact: 'GET' } }], percentage }]
    const intent = trafficIntent(0, { mirrorRoutes, managedRoutes: ['shadow'] })
    const [write] = routerFor().desire(intent, knownObjects(httpRoute(1)))
    return write?.type === 'patch' ? write.needs : undefined
  }

  it('may not be written where the API server would drop the part, and have all requests copied', () => {
    assert.deepEqual(needsOf(25), [['spec', 'rules', 0, 'filters', 0, 'requestMirror', 'percent']])
    assert.equal(needsOf(100), undefined)
  })
})
