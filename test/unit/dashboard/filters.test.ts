import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countsOf,
  type Filters,
  filterOf,
  filtersFromQuery,
  needsAttention,
  noFilters,
  queryFromFilters,
} from '../../../src/dashboard/model/filters.ts'
import { sorted } from '../../../src/dashboard/model/sort.ts'
import { aRolloutInfo } from '../../builders/rollout-info.ts'

const infos = [
  aRolloutInfo('api', { status: 'Degraded', step: '1/4', setWeight: '25', desired: 2 }),
  aRolloutInfo('cart', { status: 'Paused', message: 'CanaryPauseStep', step: '2/2', setWeight: '50', desired: 12 }),
  aRolloutInfo('shop', { status: 'Paused', message: 'BlueGreenPause', strategy: 'BlueGreen', desired: 3 }),
  aRolloutInfo('web', { status: 'Healthy', step: '0/4', setWeight: '100', desired: 1 }),
]

const left = (filters: Partial<Filters>, favorites = {}): string[] =>
  infos.filter(filterOf({ ...noFilters, ...filters }, favorites)).map(({ objectMeta }) => objectMeta.name)

test('the query of an address holds all filters, and brings them back', () => {
  const filters: Filters = {
    search: 'team:"a b",!web',
    phases: ['Degraded', 'Paused'],
    favorites: true,
    attention: true,
    display: 'table',
    sort: 'weight',
    descending: true,
  }
  assert.deepEqual(filtersFromQuery(queryFromFilters(filters)), filters)
})

test('the query has the names of the published page, and is empty for the beginning', () => {
  assert.equal(queryFromFilters(noFilters), '')
  assert.equal(
    queryFromFilters({
      ...noFilters,
      display: 'table',
      search: 'web',
      favorites: true,
      attention: true,
      phases: ['Healthy'],
    }),
    '?displayMode=table&name=web&showFavorites=true&showRequiresAttention=true&Healthy=true',
  )
})

test('a query that somebody typed wrong is no filter', () => {
  assert.deepEqual(filtersFromQuery('?sort=color&displayMode=cloud&Paused=yes&order=up'), noFilters)
})

test('of several phases one must hold, of several kinds of filters each', () => {
  assert.deepEqual(left({ phases: ['Paused', 'Healthy'] }), ['cart', 'shop', 'web'])
  assert.deepEqual(left({ phases: ['Paused', 'Healthy'], attention: true }), ['shop'])
  assert.deepEqual(left({ favorites: true }, { web: true }), ['web'])
  assert.deepEqual(left({ search: 'a', phases: ['Degraded'] }), ['api'])
})

test('a pause that a step asked for requires no attention; any other, and a failure, does', () => {
  assert.deepEqual(
    infos.filter(needsAttention).map(({ objectMeta }) => objectMeta.name),
    ['api', 'shop'],
  )
})

test('counters count the whole namespace', () => {
  assert.deepEqual(countsOf(infos, { api: true, gone: true }), {
    phases: { Progressing: 0, Degraded: 1, Paused: 2, Healthy: 1 },
    favorites: 1,
    attention: 2,
  })
})

for (const [sort, descending, names] of [
  ['name', false, ['api', 'cart', 'shop', 'web']],
  ['name', true, ['web', 'shop', 'cart', 'api']],
  ['step', false, ['shop', 'web', 'api', 'cart']],
  ['weight', true, ['web', 'cart', 'api', 'shop']],
  ['replicas', false, ['web', 'api', 'shop', 'cart']],
  ['status', false, ['api', 'web', 'cart', 'shop']],
  ['strategy', false, ['shop', 'api', 'cart', 'web']],
] as const) {
  test(`the list is ordered by ${sort}${descending ? ', the last first' : ''}`, () => {
    assert.deepEqual(
      sorted(infos, { sort, descending }, {}).map(({ objectMeta }) => objectMeta.name),
      names,
    )
  })
}

test('favourites stand first, whatever orders the list', () => {
  const [first] = sorted(infos, { sort: 'name', descending: true }, { cart: true })
  assert.equal(first?.objectMeta.name, 'cart')
})
