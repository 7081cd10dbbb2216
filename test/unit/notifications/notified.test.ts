import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatNotified, notifiedKey, readNotified } from '../../../src/notifications/notified.ts'

const item = {
  namespace: undefined,
  trigger: 'on-a',
  condition: '[0].hash',
  oncePer: undefined,
  destination: { service: 'slack', recipient: 'ops' },
}

describe('what was notified', () => {
  it('has the published keys', () => {
    assert.equal(notifiedKey(item), 'on-a:[0].hash:slack:ops')
    assert.equal(notifiedKey({ ...item, oncePer: 'abc' }), 'abc:on-a:[0].hash:slack:ops')
    assert.equal(notifiedKey({ ...item, namespace: 'shop', oncePer: 'abc' }), 'abc:shop:on-a:[0].hash:slack:ops')
  })

  it('is read from an annotation, and counts as nothing where that is none', () => {
    assert.deepEqual(readNotified('{"a":1}'), { a: 1 })
    for (const text of [undefined, '', '{', '[]', '{"a":"b"}']) assert.deepEqual(readNotified(text), {})
  })

  it('is written in one order, and removed when it is nothing', () => {
    assert.equal(formatNotified({ b: 1, a: 2 }), '{"a":2,"b":1}')
    assert.equal(formatNotified({}), null)
  })

  it('keeps the newest hundred', () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, second) => [`key-${second}`, second]))
    const kept = Object.values(readNotified(formatNotified(many) ?? ''))
    assert.equal(kept.length, 100)
    assert.equal(Math.min(...kept), 20)
  })
})
