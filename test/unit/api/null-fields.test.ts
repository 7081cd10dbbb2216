import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRolloutManifest } from '../../../src/api/rollout.ts'

const withNulls = (value: unknown, fields: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => withNulls(item, fields))
  if (value === null || typeof value !== 'object') return value
  const nulls = Object.fromEntries(fields.filter((field) => !(field in value)).map((field) => [field, null]))
  return { ...Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNulls(item, fields)])), ...nulls }
}

const withoutNulls = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item) => item ?? undefined))

/** Fields of a spec, a strategy, a canary, a step or a container: each is null wherever it has no value. */
const fields = ['replicas', 'strategy', 'canary', 'steps', 'pause', 'setWeight', 'template', 'env', 'resources']

const step = fc.oneof(
  fc.record({ setWeight: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ pause: fc.record({ duration: fc.integer({ min: 0 }) }, { requiredKeys: [] }) }),
)
const container = fc.record({ name: fc.string(), image: fc.string() })
const spec = fc.record(
  {
    replicas: fc.nat(),
    strategy: fc.record({ canary: fc.record({ steps: fc.array(step) }) }),
    template: fc.record({ spec: fc.record({ containers: fc.array(container) }) }),
  },
  { requiredKeys: [] },
)

test('nulls in place of absent fields change nothing', () => {
  fc.assert(
    fc.property(spec, (plain) => {
      const header = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } }
      const parsed = parseRolloutManifest({ ...header, spec: withNulls(plain, fields) })
      assert.ok(parsed.ok)
      // A field at a place where its kind has none stays as it is: nobody reads it.
      assert.deepEqual(withoutNulls(parsed.value.spec), withoutNulls(plain))
      assert.notEqual(parsed.value.spec.replicas, null)
      assert.notEqual(parsed.value.spec.strategy?.canary, null)
      for (const each of parsed.value.spec.template?.spec?.containers ?? []) assert.equal('env' in each, false)
    }),
  )
})
