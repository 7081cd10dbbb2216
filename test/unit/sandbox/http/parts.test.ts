import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duplicateFields } from '../../../../src/sandbox/http/duplicate-fields.ts'
import { formOf } from '../../../../src/sandbox/http/negotiation.ts'
import { humanDuration } from '../../../../src/sandbox/http/table/age.ts'

const seconds = (count: number): number => count * 1000

describe('ages', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [150, '2m30s'],
    [600, '10m'],
    [3 * 3600 - 1, '179m'],
    [3 * 3600 + 60, '3h1m'],
    [8 * 3600, '8h'],
    [2 * 86_400, '2d'],
    [2 * 86_400 + 3600, '2d1h'],
    [8 * 86_400, '8d'],
    [800 * 86_400, '2y70d'],
    [-5, '<invalid>'],
  ]
  for (const [count, text] of cases) {
    it(`shows ${count} s as ${text}`, () => assert.equal(humanDuration(seconds(count)), text))
  }
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
