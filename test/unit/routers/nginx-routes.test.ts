import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NginxRouting } from '../../../src/api/routers/nginx.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import type { HeaderRoute } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { setHeaderRoute, setRequestRoute } from '../../builders/rollout-builder.ts'
import { routerOf, settle } from '../../builders/router-golden.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const managedRoutes = [{ name: 'testers' }, { name: 'beta' }]

const routerFor = (steps: CanaryStep[] = [], nginx: NginxRouting = {}) =>
  routerOf({
    strategy: {
      canaryService: 'web-canary',
      stableService: 'web-stable',
      trafficRouting: { nginx: { stableIngress: 'web', ...nginx }, managedRoutes },
      steps,
    },
  })

const backend = { service: { name: 'web-stable', port: { number: 80 } } }
const stable: JsonObject & WrittenObject = {
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: { rules: [{ host: 'web.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
}

const prefix = 'nginx.ingress.kubernetes.io/'

/** The annotations of the canary Ingress beyond the weight, once the intent is in force. */
const annotationsFor = (
  headerRoutes: readonly HeaderRoute[],
  objects: readonly (JsonObject & WrittenObject)[] = [stable],
) => {
  const settled = settle(routerFor(), trafficIntent(0, { headerRoutes }), objects).objects
  const canary = settled.find(({ metadata }) => metadata.name === 'web-web-canary')
  const annotations = objectOr(objectOr(canary?.metadata).annotations)
  const beyond = Object.entries(annotations).filter(([key]) => /canary-by|managed-route/.test(key))
  return { settled, annotations: Object.fromEntries(beyond.map(([key, value]) => [key.replace(prefix, ''), value])) }
}

const byHeader = (headerValue: HeaderRoute['match'][number]['headerValue']): HeaderRoute => ({
  name: 'testers',
  match: [{ headerName: 'x-user', headerValue }],
})
const byCookie: HeaderRoute = { name: 'beta', match: [], cookie: { name: 'beta', value: { exact: 'always' } } }

describe('a header route by an Ingress', () => {
  it('is made of the annotations for a header, whose whole value is compared', () => {
    const of = (value: HeaderRoute['match'][number]['headerValue']) => {
      const { 'rollouts.argoproj.io/managed-route-parts': _, ...rest } = annotationsFor([byHeader(value)]).annotations
      return rest
    }
    assert.deepEqual(of({ exact: 'jane' }), { 'canary-by-header': 'x-user', 'canary-by-header-value': 'jane' })
    assert.deepEqual(of({ prefix: 'j.' }), { 'canary-by-header': 'x-user', 'canary-by-header-pattern': '^j\\.' })
    assert.deepEqual(of({ regex: 'a|b' }), { 'canary-by-header': 'x-user', 'canary-by-header-pattern': '^(a|b)$' })
  })

  it('goes without a trace, beside one by a cookie that stays', () => {
    const both = annotationsFor([byHeader({ exact: 'jane' }), byCookie])
    assert.equal(both.annotations['canary-by-cookie'], 'beta')
    const cookie = annotationsFor([byCookie], both.settled)
    assert.deepEqual(Object.keys(cookie.annotations).sort(), [
      'canary-by-cookie',
      'rollouts.argoproj.io/managed-route-parts',
    ])
    assert.deepEqual(annotationsFor([], cookie.settled).annotations, {})
  })

  it('touches no annotation that others have put there', () => {
    const first = annotationsFor([]).settled
    const marked = first.map((one) =>
      one.metadata.name === 'web'
        ? one
        : { ...one, metadata: { ...one.metadata, annotations: { [`${prefix}canary-by-header`]: 'x-theirs' } } },
    )
    assert.deepEqual(annotationsFor([byCookie], marked).annotations['canary-by-header'], 'x-theirs')
  })
})

describe('a setHeaderRoute step for an Ingress', () => {
  const errorsOf = (steps: CanaryStep[], nginx: NginxRouting = {}) =>
    routerFor(steps, nginx)
      .validate(knownObjects(stable))
      .map(({ field, detail }) => `${field.replace('spec.strategy.canary.', '')}: ${detail}`)

  const cookie = setRequestRoute('beta', { cookie: ['beta', 'always'] })

  it('may ask for one header or one cookie, of which ingress-nginx knows one value', () => {
    assert.deepEqual(errorsOf([setHeaderRoute('testers', { 'x-user': 'jane' }), cookie]), [])
    assert.match(errorsOf([setHeaderRoute('testers', { a: '1', b: '2' })])[0] ?? '', /^steps\[0\].*either one header/)
    assert.match(
      errorsOf([setRequestRoute('beta', { cookie: ['beta', 'yes'] })])[0] ?? '',
      /^steps\[0\]\.setHeaderRoute\.cookie\.value: .* use `exact: always`/,
    )
    assert.match(
      errorsOf([setRequestRoute('beta', { query: { beta: '1' } })])[0] ?? '',
      /the router nginx cannot route by query parameters/,
    )
  })

  it('comes after the one before it has gone', () => {
    const [jane, joe] = [setHeaderRoute('testers', { a: '1' }), setHeaderRoute('beta', { b: '1' })]
    assert.match(errorsOf([jane, joe])[0] ?? '', /^steps\[1\]\.setHeaderRoute: .* one by a cookie at a time/)
    assert.deepEqual(errorsOf([jane, setHeaderRoute('testers'), joe]), [])
  })

  it('is refused beside annotations of the spec that it would be made of', () => {
    const own = { canaryIngressAnnotations: { [`${prefix}canary-by-header`]: 'x-mine' } }
    assert.match(errorsOf([cookie], own)[0] ?? '', /^trafficRouting\.nginx\.canaryIngressAnnotations: cannot be given/)
    assert.deepEqual(errorsOf([], own), [])
  })
})
