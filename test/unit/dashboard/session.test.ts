import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import { noFilters } from '../../../src/dashboard/model/filters.ts'
import { reduce } from '../../../src/dashboard/model/reduce.ts'
import { listOf, type Route, routeTo } from '../../../src/dashboard/model/route.ts'
import { createStore } from '../../../src/dashboard/model/store.ts'
import { firstState, startSession } from '../../../src/dashboard/session/session.ts'
import type { RolloutInfo } from '../../../src/server/dashboard/messages.ts'
import { BrowserPorts } from '../../builders/browser-ports.ts'
import { aRolloutInfo } from '../../builders/rollout-info.ts'

const browser = (): BrowserPorts =>
  new BrowserPorts()
    .answer('version', { json: { rolloutsVersion: 'v1' } })
    .answer('namespace', { json: { namespace: 'shop', availableNamespaces: ['bank', 'shop'] } })
    .answer('rollouts/shop/info', { json: { rollouts: [aRolloutInfo('cart'), aRolloutInfo('web')] } })
    .answer('rollouts/bank/info', { json: {} })

const open = async (ports: BrowserPorts, route: Route = listOf(undefined)) => {
  const store = createStore(firstState(ports, route), reduce)
  const session = startSession(ports, store)
  await settled()
  return { ports, store, session, names: () => [...store.state().list.infos.keys()].sort() }
}

const updated = (info: RolloutInfo): string => JSON.stringify({ result: { type: 'Updated', rolloutInfo: info } })
const deleted = (name: string): string =>
  JSON.stringify({ result: { type: 'Deleted', rolloutInfo: { objectMeta: { name } } } })

test("without a namespace in the address the page shows the server's", async () => {
  const { ports, store, names } = await open(browser())
  assert.equal(ports.stream.path, 'rollouts/shop/info/watch')
  assert.equal(store.state().list.loading, true)
  ports.stream.opened()
  await settled()
  assert.deepEqual(names(), ['cart', 'web'])
  assert.equal(store.state().version, 'v1')
  assert.deepEqual(store.state().namespaces, ['bank', 'shop'])
})

test('the namespace of the last visit wins over it, and the one of the address over both', async () => {
  const last = browser()
  last.keep('namespace', 'bank')
  assert.equal((await open(last)).ports.streams.at(-1)?.path, 'rollouts/bank/info/watch')
  assert.equal((await open(last, listOf('shop'))).ports.streams.at(-1)?.path, 'rollouts/shop/info/watch')
  assert.equal(last.kept('namespace'), 'shop')
})

test('events are shown together a moment later, deletions too', async () => {
  const { ports, store, names } = await open(browser())
  ports.stream.opened()
  await settled()
  let changes = 0
  store.subscribe(() => changes++)
  ports.stream.message(updated(aRolloutInfo('new')))
  ports.stream.message(deleted('cart'))
  assert.equal(changes, 0)
  ports.advance(100)
  assert.equal(changes, 1)
  assert.deepEqual(names(), ['new', 'web'])
})

test('what the stream has told is not undone by an older answer', async () => {
  const { ports, store, names } = await open(browser())
  ports.stream.opened()
  ports.stream.message(updated(aRolloutInfo('web', { status: 'Degraded' })))
  ports.stream.message(deleted('cart'))
  ports.advance(100)
  await settled()
  assert.deepEqual(names(), ['web'])
  assert.equal(store.state().list.infos.get('web')?.status, 'Degraded')
})

test('what was deleted while no stream was open is gone afterwards', async () => {
  const { ports, names } = await open(browser())
  ports.stream.opened()
  await settled()
  ports.stream.failed()
  ports.answer('rollouts/shop/info', { json: { rollouts: [aRolloutInfo('web')] } })
  ports.advance(500)
  ports.stream.opened()
  await settled()
  assert.deepEqual(names(), ['web'])
})

test("a stream that is refused is explained in the server's words, which go when it works again", async () => {
  const { ports, store } = await open(browser())
  const text = JSON.stringify({ code: 16, message: 'the token is missing' })
  ports.answer('rollouts/shop/info', { status: 401, text })
  ports.stream.failed()
  await settled()
  assert.equal(store.state().list.error, 'the token is missing')
  ports.answer('rollouts/shop/info', { json: {} })
  ports.advance(500)
  ports.stream.opened()
  await settled()
  assert.equal(store.state().list.error, undefined)
})

test('a server that is gone is told of in words of the page', async () => {
  const { store } = await open(new BrowserPorts())
  assert.match(store.state().list.error ?? '', /still running\?$/)
})

test('a Rollout of its own page is followed by a stream of its own', async () => {
  const { ports, store, session } = await open(browser(), listOf('shop'))
  session.go(routeTo({ name: 'web', namespace: 'shop' }))
  assert.equal(ports.stream.path, 'rollouts/shop/web/info/watch')
  assert.deepEqual(ports.addresses, ['push rollout/shop/web'])
  ports.stream.message(JSON.stringify({ result: aRolloutInfo('web', { step: '1/2' }) }))
  assert.equal(store.state().detail.info?.step, '1/2')
  session.follow(listOf('shop'))
  assert.equal(ports.stream.path, 'rollouts/shop/info/watch')
  assert.deepEqual(ports.addresses, ['push rollout/shop/web'])
})

test('a Rollout that is not there is told of', async () => {
  const ports = browser().answer('rollouts/shop/web/info', { status: 404, text: '{"code":5,"message":"not found"}' })
  const { store } = await open(ports, routeTo({ name: 'web', namespace: 'shop' }))
  ports.stream.failed()
  await settled()
  assert.equal(store.state().detail.error, 'not found')
  assert.equal(store.state().detail.info, undefined)
})

test('of a Rollout that is deleted while it is shown nothing is left, of one whose server is gone everything', async () => {
  const { ports, store } = await open(browser(), routeTo({ name: 'web', namespace: 'shop' }))
  ports.stream.message(JSON.stringify({ result: aRolloutInfo('web') }))
  ports.stream.failed()
  await settled()
  assert.match(store.state().detail.error ?? '', /still running/)
  assert.equal(store.state().detail.info?.objectMeta.name, 'web')
  ports.advance(500)
  ports.stream.message(JSON.stringify({ error: { code: 5, message: 'web not found' } }))
  assert.deepEqual(store.state().detail, { error: 'web not found' })
})

test('a filter changes the address, and no stream', async () => {
  const { ports, session } = await open(browser(), listOf('shop'))
  const { stream } = ports
  session.go({ view: 'list', namespace: 'shop', filters: { ...noFilters, search: 'we' } }, 'replace')
  assert.equal(ports.stream, stream)
  assert.deepEqual(ports.addresses, ['replace shop?name=we'])
})

test('a command is sent, and its success is told for a while', async () => {
  const ports = browser().answer('rollouts/shop/web/promote', { json: {} })
  const { store, session } = await open(ports)
  const done = session.run([{ kind: 'promote' }], 'shop', 'web')
  assert.deepEqual(store.state().busy, ['shop/web'])
  await done
  assert.deepEqual(ports.changes, ['rollouts/shop/web/promote {"full":false}'])
  assert.deepEqual(store.state().busy, [])
  assert.deepEqual(
    store.state().toasts.map(({ title }) => title),
    ['web is promoted'],
  )
  ports.advance(5000)
  assert.deepEqual(store.state().toasts, [])
})

test("a command that is refused is told in the server's words, stays, and ends those after it", async () => {
  const text = JSON.stringify({ code: 7, message: 'jane may not patch rollouts' })
  const ports = browser().answer('rollouts/shop/web/set/main/web/2', { status: 403, text })
  const { store, session } = await open(ports)
  const image = { image: 'web', tag: '2' }
  const setImage = (container: string) => ({ kind: 'set-image' as const, container, image })
  await session.run([setImage('main'), setImage('other')], 'shop', 'web')
  ports.advance(60_000)
  assert.equal(ports.changes.length, 1)
  assert.deepEqual(
    store.state().toasts.map(({ tone, title, text: words }) => [tone, title, words]),
    [['bad', 'Could not set the image of main in web', 'jane may not patch rollouts']],
  )
})

test('a refusal without words is told by its status', async () => {
  const ports = browser().answer('rollouts/shop/web/abort', { status: 502, text: '' })
  const { store, session } = await open(ports)
  await session.run([{ kind: 'abort' }], 'shop', 'web')
  assert.equal(store.state().toasts[0]?.text, 'the server answered 502')
})

test('what is copied is told, and what the browser does not let be copied, too', async () => {
  const { ports, store, session } = await open(browser())
  await session.copy('web-1')
  assert.equal(ports.clipboard, 'web-1')
  ports.clipboard = undefined
  await session.copy('web-2')
  assert.deepEqual(
    store.state().toasts.map(({ tone, text }) => [tone, text]),
    [
      ['good', 'web-1'],
      ['bad', 'web-2'],
    ],
  )
})

test('favourites are kept in the browser', async () => {
  const ports = browser()
  const { store, session } = await open(ports)
  session.toggleFavorite('web')
  session.toggleFavorite('cart')
  session.toggleFavorite('web')
  assert.deepEqual(store.state().favorites, { cart: true })
  assert.deepEqual((await open(ports)).store.state().favorites, { cart: true })
})
