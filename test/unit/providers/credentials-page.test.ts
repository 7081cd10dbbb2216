import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { analysisTemplateSchema } from '../../../src/api/analysis-template.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { parseYaml } from '../../../src/lib/yaml.ts'
import { providerOf } from '../../../src/providers/registry.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/metric-credentials.md'), 'utf8')
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => parseYaml(text))

/** Zod leaves out what a schema does not know: a misspelt field would be missing. */
const known = analysisTemplateSchema.pick({ spec: true })

describe('the examples of credentials', () => {
  for (const [index, example] of examples.entries()) {
    it(`are templates whose every field is known: number ${index + 1}`, () => {
      assert.ok(isJsonObject(example))
      const { spec } = known.parse(example)
      assert.deepEqual(spec, example.spec)
      for (const { provider } of spec.metrics ?? []) assert.notEqual(providerOf(provider), undefined)
    })
  }

  it('are four', () => assert.equal(examples.length, 4))
})
