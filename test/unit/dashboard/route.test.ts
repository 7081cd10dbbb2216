import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noFilters } from '../../../src/dashboard/model/filters.ts'
import { neighbor } from '../../../src/dashboard/model/neighbor.ts'
import { addressOf, listOf, type Route, routeOf, routeTo } from '../../../src/dashboard/model/route.ts'

const routes: readonly (readonly [string, Route])[] = [
  ['', { view: 'list', filters: noFilters }],
  ['shop', { view: 'list', namespace: 'shop', filters: noFilters }],
  ['shop?name=web', { view: 'list', namespace: 'shop', filters: { ...noFilters, search: 'web' } }],
  ['rollout/shop/web', { view: 'rollout', namespace: 'shop', name: 'web' }],
  ['rollout/web', { view: 'rollout', name: 'web' }],
]

for (const [address, route] of routes) {
  test(`the address "${address}" is read, and written again`, () => {
    const [path = '', query = ''] = address.split('?')
    assert.deepEqual(routeOf(path, query), route)
    assert.equal(addressOf(route), address)
  })
}

test('an address with a stray percent sign shows what it can', () => {
  assert.deepEqual(routeOf('/rollout/shop/50%/', ''), { view: 'rollout', namespace: 'shop', name: '50%' })
})

test('routes are made of a namespace and of an object', () => {
  assert.equal(addressOf(listOf('shop')), 'shop')
  assert.equal(addressOf(listOf(undefined)), '')
  assert.equal(addressOf(routeTo({ name: 'web', namespace: 'shop' })), 'rollout/shop/web')
})

/** Three in the first row, two in the second. */
const grid = [
  { left: 0, top: 0 },
  { left: 100, top: 0 },
  { left: 200, top: 0 },
  { left: 0, top: 50 },
  { left: 100, top: 50 },
]

for (const [from, direction, to] of [
  [-1, 'Down', 0],
  [-1, 'Up', 4],
  [0, 'Right', 1],
  [2, 'Right', 3],
  [0, 'Left', 0],
  [4, 'Right', 4],
  [1, 'Down', 4],
  [2, 'Down', 4],
  [3, 'Up', 0],
  [4, 'Down', 4],
  [1, 'Up', 1],
] as const) {
  test(`Arrow${direction} leads from ${from < 0 ? 'nowhere' : `item ${from}`} to item ${to}`, () => {
    assert.equal(neighbor(grid, from, direction), to)
  })
}

test('in an empty list no key leads anywhere', () => {
  assert.deepEqual([neighbor([], -1, 'Down'), neighbor([], -1, 'Up')], [-1, -1])
})
