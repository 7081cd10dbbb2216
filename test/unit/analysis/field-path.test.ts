import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readFieldPath } from '../../../src/analysis/field-path.ts'

const object = {
  metadata: { name: 'r', labels: { 'rollouts-pod-template-hash': 'abc', 'a.b/c': 'x' } },
  spec: { replicas: 3, list: [{ on: true }], nested: {} },
}

describe('a field path', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['metadata.name', 'r'],
    ['metadata.labels.rollouts-pod-template-hash', 'abc'],
    ["metadata.labels['a.b/c']", 'x'],
    ['metadata.labels["a.b/c"]', 'x'],
    ['spec.replicas', '3'],
    ['spec.list[0].on', 'true'],
    ['spec.nested', undefined],
    ['spec.missing.deeper', undefined],
    ['metadata.constructor', undefined],
    ["metadata.labels['a.b/c", undefined],
    ['', undefined],
  ]
  for (const [path, value] of rows) {
    it(`${path === '' ? 'that is empty' : path} is ${value ?? 'no scalar'}`, () =>
      assert.equal(readFieldPath(object, path), value))
  }
})
