import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duplicateFields } from '../../../../src/sandbox/http/duplicate-fields.ts'
import { formOf } from '../../../../src/sandbox/http/negotiation.ts'
import { ageOf } from '../../../../src/sandbox/http/table/age.ts'

describe('ages in tables', () => {
  const now = Date.parse('2026-01-01T00:02:30Z')

  it('are counted from the timestamp', () => assert.equal(ageOf('2026-01-01T00:00:00Z', now), '2m30s'))

  it('are unknown without one', () => {
    assert.deepEqual([ageOf(undefined, now), ageOf('soon', now)], ['<unknown>', '<unknown>'])
  })
})

describe('fields that are there twice', () => {
  it('are found at any depth, and named once for each repetition', () => {
    const text = '{"a":{"b":1,"b":2},"c":[{"d":1},{"d":1,"d":2,"d":3}],"a":null}'
    assert.deepEqual(duplicateFields(text), ['a.b', 'c[1].d', 'c[1].d', 'a'])
  })

  it('are not mistaken for values that look like names', () => {
    assert.deepEqual(duplicateFields('{"a":"a","b":["a","a","{\\"a\\":1}"]}'), [])
    assert.deepEqual(duplicateFields('a: 1\nb: 2\n'), [])
  })
})

describe('the form that a client asks for', () => {
  it('is the first one in its Accept header that is known', () => {
    assert.equal(formOf('application/json;as=Table;v=v1;g=meta.k8s.io,application/json'), 'table')
    assert.equal(formOf('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'), 'metadata')
    assert.equal(formOf('application/vnd.kubernetes.protobuf,application/json'), 'object')
    assert.equal(formOf('*/*'), 'object')
  })
})
