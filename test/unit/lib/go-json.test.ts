import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeAsGo, type GoTypes, SourceNumber } from '../../../src/lib/go-json.ts'

const types: GoTypes = {
  Probe: [
    ['port', 'intOrString', ''],
    ['after', '*int', 'empty'],
    ['labels', '{}string', 'empty'],
  ],
  Pod: [
    ['name', 'string', 'empty'],
    ['resources', '#Resources', 'empty'],
    ['probes', '[]#Probe', ''],
    ['created', 'time', 'empty,zero'],
    ['config', 'raw', 'empty'],
  ],
  Resources: [['limits', '{}quantity', 'empty']],
}

const encode = (value: unknown): string => encodeAsGo(types, '#Pod', value)

test('fields stand in the order of the struct, and unknown ones are dropped', () => {
  assert.equal(encode({ unknown: 1, probes: [], name: 'web' }), '{"name":"web","resources":{},"probes":[]}')
})

test('an empty struct is written where an empty value is left out, and an absent list is null', () => {
  assert.equal(encode({}), '{"resources":{},"probes":null}')
  assert.equal(encode({ name: '', created: null }), '{"resources":{},"probes":null}')
})

test('a port without a value is written as 0, an absent pointer not at all', () => {
  assert.equal(encode({ probes: [{}] }), '{"resources":{},"probes":[{"port":0}]}')
  assert.equal(
    encode({ probes: [{ port: 'http', after: 0 }] }),
    '{"resources":{},"probes":[{"port":"http","after":0}]}',
  )
})

test('map keys are sorted by their bytes', () => {
  const labels = { b: '1', a: '2', B: '3', é: '4' }
  assert.match(encode({ probes: [{ labels }] }), /"labels":\{"B":"3","a":"2","b":"1","é":"4"\}/)
})

test('quantities are written in their canonical spelling', () => {
  assert.match(encode({ resources: { limits: { cpu: '1000m', memory: 0.5 } } }), /"cpu":"1","memory":"500m"/)
})

test('markup characters and line separators are escaped, broken surrogates replaced', () => {
  assert.match(encode({ name: '<a>&\u2028\ud800' }), /"\\u003ca\\u003e\\u0026\\u2028\ufffd"/)
})

test('times are written in UTC without fractions', () => {
  assert.match(encode({ created: '2026-01-01T02:00:00.5+02:00' }), /"created":"2026-01-01T00:00:00Z"/)
})

test('what belongs to somebody else keeps its order and the spelling of its numbers', () => {
  const config = { z: new SourceNumber('1.0e2'), a: [true, null] }
  assert.match(encode({ config }), /"config":\{"z":1\.0e2,"a":\[true,null\]\}/)
})
