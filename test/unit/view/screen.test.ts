import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clip, frame } from '../../../src/view/screen.ts'

describe('a frame', () => {
  it('is drawn over the one before, line by line, and clears only what is left', () => {
    assert.equal(frame(['a', 'b']), '\u001b[Ha\u001b[K\nb\u001b[K\n\u001b[J')
  })

  it('never scrolls the terminal: the last row says what is missing', () => {
    const lines = ['1', '2', '3', '4', '5']
    assert.deepEqual(clip(lines, 6), lines)
    assert.deepEqual(clip(lines, 5), ['1', '2', '3', '… 2 more lines'])
    assert.deepEqual(clip(lines, undefined), lines)
  })
})
