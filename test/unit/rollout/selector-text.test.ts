import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { selectorText } from '../../../src/rollout/selector-text.ts'

describe('a selector as text', () => {
  it('is sorted by key', () => {
    const matchExpressions = [
      { key: 'b', operator: 'In', values: ['2', '1'] },
      { key: 'd', operator: 'Exists' },
      { key: 'a', operator: 'DoesNotExist' },
    ]
    assert.equal(selectorText({ matchLabels: { c: 'x' }, matchExpressions }), '!a,b in (1,2),c=x,d')
  })
})
