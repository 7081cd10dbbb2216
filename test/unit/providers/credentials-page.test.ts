import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseAnalysisTemplateManifest } from '../../../src/api/analysis-template.ts'
import { parseYaml } from '../../../src/lib/yaml.ts'
import { providerOf } from '../../../src/providers/registry.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/metric-credentials.md'), 'utf8')
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => parseYaml(text))

describe('the examples of credentials', () => {
  for (const [index, example] of examples.entries()) {
    it(`are templates whose every field is known: number ${index + 1}`, () => {
      const parsed = parseAnalysisTemplateManifest(example)
      const template = parsed.ok ? parsed.value : assert.fail(JSON.stringify(parsed))
      assert.deepEqual(template, example)
      for (const { provider } of template.spec.metrics ?? []) assert.notEqual(providerOf(provider), undefined)
    })
  }

  it('are four', () => assert.equal(examples.length, 4))
})
