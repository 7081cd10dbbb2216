import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { followTemplateRefs } from '../../../../src/api/validation/template-references.ts'

const named = (name: string, ...refs: readonly string[]) => ({
  name,
  spec: {
    templates: refs.map((ref) =>
      ref.startsWith('c:') ? { templateName: ref.slice(2), clusterScope: true } : { templateName: ref },
    ),
  },
})

const lookup = {
  template: (name: string) => [named('a', 'b', 'c:shared'), named('b', 'a', 'gone')].find((one) => one.name === name),
  clusterTemplate: (name: string) => [named('shared', 'c:shared')].find((one) => one.name === name),
}

describe('references between templates', () => {
  it('are followed once each, also in a circle, and what is missing is named', () => {
    const found = followTemplateRefs([{ templateName: 'a' }, { templateName: 'other', clusterScope: true }], lookup)
    assert.deepEqual(
      found.templates.map(({ name }) => name),
      ['a', 'b'],
    )
    assert.deepEqual(
      found.clusterTemplates.map(({ name }) => name),
      ['shared'],
    )
    assert.deepEqual(found.missing, ["AnalysisTemplate 'gone' not found", "ClusterAnalysisTemplate 'other' not found"])
  })
})
