import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SessionAffinity } from '../../../../src/api/session-affinity.ts'
import { sessionAffinityErrors } from '../../../../src/api/validation/session-affinity.ts'

const faultsOf = (affinity: Partial<SessionAffinity>): readonly string[] =>
  sessionAffinityErrors({ cookieName: 'seen', ...affinity }).map(({ field }) => field.split('.').at(-1) ?? '')

describe('session affinity', () => {
  it('needs a name that a cookie can have, and no more', () => {
    assert.deepEqual(faultsOf({}), [])
    assert.deepEqual(faultsOf({ cookieName: '' }), ['cookieName'])
    assert.deepEqual(faultsOf({ cookieName: 'seen=1; Path' }), ['cookieName'])
  })

  it('has a cookie that is kept for some time', () => {
    assert.deepEqual(
      [faultsOf({ maxAge: 1 }), faultsOf({ maxAge: 0 }), faultsOf({ maxAge: -1 })],
      [[], ['maxAge'], ['maxAge']],
    )
  })

  it('has attributes that cannot begin another one', () => {
    assert.deepEqual(faultsOf({ path: '/shop', domain: 'example.com' }), [])
    assert.deepEqual(faultsOf({ path: '/; HttpOnly', domain: 'example.com\r\nX-Evil: 1' }), ['path', 'domain'])
    assert.deepEqual(faultsOf({ path: '' }), ['path'])
  })

  it('is secure where browsers insist on it', () => {
    assert.deepEqual(faultsOf({ sameSite: 'Lax' }), [])
    assert.deepEqual(faultsOf({ sameSite: 'None', partitioned: true }), ['sameSite', 'partitioned'])
    assert.deepEqual(faultsOf({ sameSite: 'None', partitioned: true, secure: true }), [])
  })
})
