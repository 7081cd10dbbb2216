import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OwnWrites } from '../../../src/rollout/own-writes.ts'

const key = 'shop/web'
const version = (resourceVersion: string, uid = 'set-1') => ({ metadata: { name: 'web-1', uid, resourceVersion } })
const change = (from: string | undefined, to: string, uid = 'set-1') => ({ uid, from, to })

describe('telling echoes of own writes from news', () => {
  it('takes every change for news while nothing was written', () => {
    const writes = new OwnWrites()
    assert.equal(writes.isNews(key, change('1', '2')), true)
    writes.begin(key)
    writes.end(key, true)
    assert.equal(writes.isNews(key, change('2', '3')), true)
  })

  it('knows its own write when the watch shows it after the pass', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, '1', version('2'))
    assert.equal(writes.end(key, true), false)
    assert.equal(writes.isNews(key, change('1', '2')), false)
    assert.equal(writes.isNews(key, change('2', '3')), true)
  })

  it('knows its own write when the watch is faster than the answer', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    assert.equal(writes.isNews(key, change('1', '2')), false)
    writes.wrote(key, '1', version('2'))
    assert.equal(writes.end(key, true), false)
  })

  it('knows several writes of one object, also when the watch shows only the last', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, '1', version('2'))
    writes.wrote(key, '2', version('3'))
    writes.end(key, true)
    assert.equal(writes.isNews(key, change('1', '3')), false)
  })

  it('knows an object that it created, and hears of its first change', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, undefined, version('5'))
    writes.end(key, true)
    assert.equal(writes.isNews(key, change(undefined, '5')), false)
    assert.equal(writes.isNews(key, change('5', '6')), true)
  })

  it('hears of what somebody else wrote before its own write', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, '1', version('3'))
    writes.end(key, true)
    assert.equal(writes.isNews(key, change('1', '2')), true)
    assert.equal(writes.isNews(key, change('2', '3')), true)
  })

  it('asks for another pass when something came while one was under way', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, '1', version('2'))
    assert.equal(writes.isNews(key, change('7', '8', 'set-2')), false)
    assert.equal(writes.hasNews(key), true)
    assert.equal(writes.end(key, true), true)
  })

  it('asks for no other pass when the pass has looked again', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.isNews(key, change('7', '8', 'set-2'))
    writes.catchUp(key)
    assert.equal(writes.end(key, true), false)
  })

  it('takes everything for news after a pass that did not do what it planned', () => {
    const writes = new OwnWrites()
    writes.begin(key)
    writes.wrote(key, '1', version('2'))
    writes.isNews(key, change('1', '2'))
    assert.equal(writes.end(key, false), true)
  })
})
