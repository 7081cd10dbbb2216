import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FieldError, formatFieldError } from '../../../src/api/field-error.ts'
import type { Rollout } from '../../../src/api/rollout.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { faultsOfRouter, unreadableKinds } from '../../../src/rollout/router-faults.ts'
import { WorkingTraffic } from '../../../src/rollout/working-traffic.ts'
import type { BoundRouter, KnownObjects } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { aSnapshot } from '../../builders/rollout-snapshot.ts'
import { rolloutOf, routerGoldens, routerOf } from '../../builders/router-golden.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

/** Values of every type, one of which a member does not have. */
const oddities: readonly unknown[] = [null, 'text', 7, true, [], {}, [null], ['text'], [{}]]

type Path = readonly (string | number)[]

/** Paths of all members and items of a value. */
const pathsIn = (value: unknown): readonly Path[] => {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [[index], ...pathsIn(item).map((path) => [index, ...path])])
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) => [[key], ...pathsIn(member).map((path) => [key, ...path])])
}

const withOddity = (value: unknown, [first, ...rest]: Path, oddity: unknown): unknown => {
  if (first === undefined) return oddity
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? withOddity(item, rest, oddity) : item))
  if (!isJsonObject(value)) return value
  return { ...value, [first]: withOddity(value[first], rest, oddity) }
}

const malformed = (object: WrittenObject & JsonObject): readonly (readonly [string, WrittenObject])[] =>
  [[], ...pathsIn(object.spec)].flatMap((path) =>
    oddities.map((oddity): readonly [string, WrittenObject] => [
      `${['spec', ...path].join('.')} = ${JSON.stringify(oddity)}`,
      Object.assign({}, object, { spec: withOddity(object.spec, path, oddity) }),
    ]),
  )

/** What is said of objects, by everything that a pass asks of their router. */
const faultsIn = (rollout: Rollout, router: BoundRouter, known: KnownObjects): readonly FieldError[] => {
  router.refs(known)
  const invalid = faultsOfRouter(router, known)
  if (invalid.length > 0) return invalid
  const faults: FieldError[] = []
  const intent = trafficIntent(0)
  const successors = { routers: [router], intent }
  const formerRouting = { routers: [router], intent, includesPresent: true, successors }
  const snapshot = aSnapshot({ rollout, routers: [router], known, formerRouting })
  const traffic = new WorkingTraffic(snapshot, (fault) => faults.push(fault))
  traffic.follow(trafficIntent(20))
  traffic.leave()
  return faults
}

describe('a routing object of another shape than its kind', () => {
  for (const golden of routerGoldens()) {
    it(`is a fault that names it, or does no harm: ${golden.file}`, () => {
      const router = routerOf(golden)
      for (const [index, object] of golden.objects.entries()) {
        for (const [what, odd] of malformed(object)) {
          const known = knownObjects(...golden.objects.map((one, at) => (at === index ? odd : one)))
          const faults = faultsIn(rolloutOf(golden), router, known)
          assert.ok(
            faults.every(({ field }) => field.startsWith('spec.strategy.canary')),
            `${what}: ${JSON.stringify(faults)}`,
          )
        }
      }
    })
  }

  it('is named together with what went wrong', () => {
    const [golden] = routerGoldens('traefik')
    assert.ok(golden)
    const [first, ...others] = golden.objects
    assert.ok(first)
    const known = knownObjects(Object.assign({}, first, { spec: null }), ...others)
    const [fault] = faultsIn(rolloutOf(golden), routerOf(golden), known)
    assert.equal(fault?.field, 'spec.strategy.canary.trafficRouting.traefik')
    assert.match(fault?.detail ?? '', /TraefikService "\S+".* cannot be read, having another shape than its kind: /)
  })
})

describe('a kind that a router reads', () => {
  const router = routerOf(routerGoldens('contour')[0] ?? assert.fail())
  const cache = { state: 'synced', synced: true, refused: false, problem: undefined } as const
  const faultsWith = (over: object, isGivenUp = false) =>
    unreadableKinds(router, () => ({ ...cache, ...over }), isGivenUp).map(formatFieldError)

  it('is no fault while it is read', () => assert.deepEqual(faultsWith({}), []))

  it('that the API server does not serve is named', () => {
    assert.match(
      faultsWith({ state: 'absent' }).join(),
      /contour: Invalid value: "HTTPProxy": .* httpproxies of projectcontour.io\/v1/,
    )
  })

  it('that nobody may read is named, but for a release that is given up and goes by what was read before', () => {
    assert.match(faultsWith({ refused: true }).join(), /contour: Forbidden: the controller may not read httpproxies/)
    assert.deepEqual(faultsWith({ refused: true }, true), [])
    assert.equal(faultsWith({ refused: true, state: 'listing', synced: false }, true).length, 1)
  })
})
