import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reduce } from '../../../src/dashboard/model/reduce.ts'
import { listOf, routeTo } from '../../../src/dashboard/model/route.ts'
import { type Change, initialState, type State } from '../../../src/dashboard/model/state.ts'
import { createStore } from '../../../src/dashboard/model/store.ts'
import { aRolloutInfo } from '../../builders/rollout-info.ts'

const after = (...changes: readonly Change[]): State => changes.reduce(reduce, initialState(listOf('shop'), {}, 'shop'))

const read: Change = { type: 'list read', infos: [aRolloutInfo('web')] }

test('another namespace begins with an empty list, the same one keeps it', () => {
  assert.equal(after(read, { type: 'went', route: listOf('shop') }).list.infos.size, 1)
  const other = after(read, { type: 'went', route: listOf('bank') })
  assert.deepEqual([other.list.infos.size, other.list.loading, other.namespace], [0, true, 'bank'])
})

test('another Rollout shows nothing of the one before', () => {
  const web = routeTo({ name: 'web', namespace: 'shop' })
  const told: readonly Change[] = [
    { type: 'went', route: web },
    { type: 'detail told', info: aRolloutInfo('web') },
  ]
  assert.equal(after(...told, { type: 'went', route: web }).detail.info?.objectMeta.name, 'web')
  assert.deepEqual(after(...told, { type: 'went', route: routeTo({ name: 'cart', namespace: 'shop' }) }).detail, {})
})

test('whoever goes elsewhere leaves dialogs and pages behind', () => {
  const state = after(
    { type: 'dialog opened', dialog: { kind: 'help' } },
    { type: 'paged', page: 3, pageSize: 10 },
    { type: 'went', route: listOf('shop') },
  )
  assert.deepEqual([state.dialog, state.page, state.pageSize], [undefined, 0, 10])
})

test('a list that fails keeps what it had, and what comes next takes the error away', () => {
  const failed = after(read, { type: 'list failed', error: 'gone' })
  assert.deepEqual([failed.list.infos.size, failed.list.error, failed.list.loading], [1, 'gone', false])
  assert.equal(reduce(failed, read).list.error, undefined)
  const told: Change = { type: 'list told', events: [{ type: 'Updated', rolloutInfo: aRolloutInfo('cart') }] }
  assert.equal(reduce(failed, told).list.error, undefined)
})

test('at most four messages are shown, the newest, each with a number of its own', () => {
  const shown = (title: string): Change => ({ type: 'toast shown', toast: { tone: 'bad', title, text: '' } })
  const state = after(...['a', 'b', 'c', 'd', 'e'].map(shown))
  assert.deepEqual(
    state.toasts.map(({ title }) => title),
    ['b', 'c', 'd', 'e'],
  )
  assert.equal(new Set(state.toasts.map(({ id }) => id)).size, 4)
  const [first] = state.toasts
  assert.equal(reduce(state, { type: 'toast dismissed', id: first?.id ?? 0 }).toasts.length, 3)
})

test('a store tells its listeners of changes alone, until they leave', () => {
  const store = createStore(0, (state: number, change: number) => state + change)
  let told = 0
  const leave = store.subscribe(() => told++)
  store.dispatch(2)
  store.dispatch(0)
  leave()
  store.dispatch(1)
  assert.deepEqual([told, store.state()], [1, 3])
})
