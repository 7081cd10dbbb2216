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
  template: (name: string) =>
    [
      named('a', 'b', 'c:shared'),
      named('b', 'a'),
      named('c', 'd', 'e', 'gone'),
      named('d', 'e'),
      named('e'),
      named('twin', 'c:twin'),
    ].find((one) => one.name === name),
  clusterTemplate: (name: string) => [named('shared', 'c:shared'), named('twin')].find((one) => one.name === name),
}

describe('references between templates', () => {
  it('are followed once each, and what is missing is named', () => {
    const found = followTemplateRefs([{ templateName: 'c' }, { templateName: 'other', clusterScope: true }], lookup)
    assert.deepEqual(
      found.templates.map(({ name }) => name),
      ['c', 'd', 'e'],
    )
    assert.deepEqual(found.faults, ["AnalysisTemplate 'gone' not found", "ClusterAnalysisTemplate 'other' not found"])
  })

  it('may lead to the same template by two ways', () => {
    assert.deepEqual(followTemplateRefs([{ templateName: 'd' }, { templateName: 'e' }], lookup).faults, [])
  })

  it('in a circle end the walk, and the way round is told', () => {
    const found = followTemplateRefs([{ templateName: 'a' }], lookup)
    assert.deepEqual(
      [found.templates.map(({ name }) => name), found.clusterTemplates.map(({ name }) => name)],
      [['a', 'b'], ['shared']],
    )
    assert.deepEqual(found.faults, [
      "AnalysisTemplate 'a' includes itself: a → b → a",
      "ClusterAnalysisTemplate 'shared' includes itself: shared → shared",
    ])
  })

  it('between templates of one name in different scopes are no circle', () => {
    assert.deepEqual(followTemplateRefs([{ templateName: 'twin' }], lookup).faults, [])
  })
})
