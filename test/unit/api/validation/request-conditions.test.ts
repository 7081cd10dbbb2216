import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SetHeaderRoute } from '../../../../src/api/steps.ts'
import { makesHeaderRoute } from '../../../../src/api/steps.ts'
import { requestConditionErrors } from '../../../../src/api/validation/request-conditions.ts'

const errorsOf = (step: SetHeaderRoute): readonly string[] =>
  requestConditionErrors(step, 'step').map(({ field, detail }) => `${field}: ${detail}`)

describe('the cookie of a setHeaderRoute step', () => {
  it('is compared in one of three ways', () => {
    for (const value of [{ exact: 'yes' }, { prefix: 'y' }, { regex: 'yes|no' }]) {
      assert.deepEqual(errorsOf({ cookie: { name: 'beta', value } }), [])
    }
    assert.match(errorsOf({ cookie: { name: 'beta', value: {} } })[0] ?? '', /^step\.cookie: StringMatch value missed/)
  })

  it('has a name that a cookie can have', () => {
    const named = (name: string) => errorsOf({ cookie: { name, value: { exact: 'yes' } } }).length
    assert.deepEqual(['beta', '__Host-beta', '', 'be ta', 'beta=', 'beta;'].map(named), [0, 0, 1, 1, 1, 1])
  })

  it('has no anchors, which its place in the header gives it', () => {
    assert.match(
      errorsOf({ cookie: { name: 'beta', value: { regex: '^yes$' } } })[0] ?? '',
      /^step\.cookie\.value\.regex/,
    )
  })

  it('is refused beside a condition on the header that carries it', () => {
    const match = [{ headerName: 'cookie', headerValue: { regex: '.*' } }]
    const errors = errorsOf({ match, cookie: { name: 'beta', value: { exact: 'yes' } } })
    assert.deepEqual(errors, ['step.cookie.name: cannot be asked for beside the header Cookie: use one of the two'])
  })
})

describe('the query parameters of a setHeaderRoute step', () => {
  const params = (...names: string[]): SetHeaderRoute => ({
    queryParams: names.map((name) => ({ name, value: { exact: '1' } })),
  })

  it('have a name, each its own', () => {
    assert.deepEqual(errorsOf(params('a', 'A')), [])
    assert.deepEqual(errorsOf(params('a', 'a')), ['step.queryParams[1].name: must be set, and once for each parameter'])
    assert.equal(errorsOf(params('')).length, 1)
  })
})

describe('a setHeaderRoute step', () => {
  it('makes its route when it asks for anything, and removes it otherwise', () => {
    assert.ok(makesHeaderRoute({ cookie: { name: 'beta', value: { exact: 'yes' } } }))
    assert.ok(makesHeaderRoute({ queryParams: [{ name: 'beta', value: { exact: '1' } }] }))
    assert.ok(!makesHeaderRoute({ name: 'beta', match: [], queryParams: [] }))
  })
})
