import assert from 'node:assert/strict'
import { test } from 'node:test'
import { searchFor } from '../../../src/dashboard/model/search.ts'

const items = [
  { name: 'web', labels: { team: 'shop' } },
  { name: 'web-api', labels: { team: 'shop-data', tier: 'back' } },
  { name: 'cart', labels: {} },
]

const found = (written: string): string[] => items.filter(searchFor(written)).map(({ name }) => name)

for (const [written, names] of [
  ['', ['web', 'web-api', 'cart']],
  [' , ', ['web', 'web-api', 'cart']],
  ['web', ['web', 'web-api']],
  ['api, cart', ['web-api', 'cart']],
  ['"web"', ['web']],
  ['!web', ['cart']],
  ['!"web"', ['web-api', 'cart']],
  ['team:shop', ['web', 'web-api']],
  ['team:"shop"', ['web']],
  ['!team:shop', ['cart']],
  ['tier:front', []],
  ['team:"shop",cart', ['web', 'cart']],
  ['"', ['web', 'web-api', 'cart']],
] as const) {
  test(`a search for ${JSON.stringify(written)} finds ${names.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(found(written), names)
  })
}
