import assert from 'node:assert/strict'
import { it } from 'node:test'
import { compareYamlKeys } from '../../../src/lib/yaml-key-order.ts'

it('keys of YAML stand in the order of Go, which counts numbers and puts signs before letters', () => {
  const sorted = ['a', 'a-b', 'aB', 'ab', 'b', 't1', 't2', 't02', 't2a', 't2-a', 't10', 't100']
  const expected = ['a', 'a-b', 'aB', 'ab', 'b', 't1', 't2', 't2-a', 't2a', 't02', 't10', 't100']
  assert.deepEqual([...sorted].reverse().sort(compareYamlKeys), expected)
})
