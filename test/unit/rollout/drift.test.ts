import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Drift, driftEvent, driftOf } from '../../../src/rollout/drift.ts'
import { nextPutBack, noRoutingMemory, RoutingMemories } from '../../../src/rollout/routing-memory.ts'
import type { KnownObjects, ObjectWrite } from '../../../src/routers/router.ts'
import { noon } from '../../builders/rollout-snapshot.ts'

const own = 'rollouts-controller'
const ref = {
  resource: { group: 'example.com', version: 'v1', kind: 'Route', plural: 'routes', namespaced: true },
  namespace: 'default',
  name: 'web',
}
const patch: ObjectWrite = { type: 'patch', ref, patch: { spec: { rules: [] } }, why: '20 of 100' }

const managedBy = (manager: string): KnownObjects => {
  const managedFields = [{ manager, fieldsV1: { 'f:spec': { 'f:rules': {} } } }]
  const metadata = { name: 'web', uid: 'u', resourceVersion: '1', managedFields }
  return { get: () => ({ metadata }), list: () => [] }
}

const effect = (routing: string, drift?: Drift) =>
  ({
    type: 'routeTraffic',
    key: 'traffic',
    router: 'test',
    write: patch,
    why: '',
    routing,
    ...(drift && { drift }),
  }) as const

const drift = { what: 'Route "web"', managers: ['kubectl-edit'], fields: ['spec.rules'] }
const inForce = { ...noRoutingMemory, inForce: 'a' }

describe('a write that is wanted', () => {
  it('puts back what somebody else changed in an object that was right', () => {
    assert.deepEqual(driftOf(patch, 'a', inForce, managedBy('kubectl-edit'), own), drift)
  })

  it('puts that back also where the others of its routing were never seen to be right', () => {
    const memories = new RoutingMemories()
    memories.wrote('default/web', effect('a'), noon)
    assert.deepEqual(driftOf(patch, 'a', memories.of('default/web'), managedBy('kubectl-edit'), own), drift)
  })

  it('is due where another routing is wanted than was in force', () => {
    assert.equal(driftOf(patch, 'b', inForce, managedBy('kubectl-edit'), own), undefined)
  })

  it('is due where nobody else has the fields: what they are made of has changed', () => {
    assert.equal(driftOf(patch, 'a', inForce, managedBy(own), own), undefined)
  })

  it('makes an object again that was there', () => {
    const create: ObjectWrite = { type: 'create', ref, object: {}, why: '' }
    const found = driftOf(create, 'a', inForce, { get: () => undefined, list: () => [] }, own)
    assert.deepEqual(found, { what: 'Route "web"', managers: [], fields: [] })
    assert.match(driftEvent({ what: 'Route "web"', managers: [], fields: [] }).message, /which somebody had deleted/)
  })
})

describe('a route is put back', () => {
  const key = 'default/web'

  it('at once for the first time, and then after longer and longer waits', () => {
    const memories = new RoutingMemories()
    let now = noon
    const waits = Array.from({ length: 7 }, () => {
      const dueAt = nextPutBack(memories.of(key), now)
      const wait = (dueAt - now) / 1000
      now = dueAt
      memories.wrote(key, effect('a', drift), now)
      return wait
    })
    assert.deepEqual(waits, [0, 10, 30, 60, 120, 300, 300])
  })

  it('at once again when it was left alone for a quarter of an hour', () => {
    const memories = new RoutingMemories()
    for (let time = 0; time < 5; time++) memories.wrote(key, effect('a', drift), noon)
    const later = noon + 15 * 60_000
    assert.equal(nextPutBack(memories.of(key), later), later)
    memories.wrote(key, effect('a', drift), later)
    assert.equal(nextPutBack(memories.of(key), later), later + 10_000)
  })

  it('without memory of a Rollout that is gone', () => {
    const memories = new RoutingMemories()
    memories.saw(key, 'a')
    memories.forget(key)
    assert.deepEqual(memories.of(key), noRoutingMemory)
  })
})
