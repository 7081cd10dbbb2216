import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alignTabs } from '../../../src/view/tab-stops.ts'

describe('tab stops', () => {
  it('give all lines columns as wide as their widest cell, and at least five', () => {
    assert.equal(alignTabs('A\tB\tC\nlonger\tx\ty\n'), 'A       B    C\nlonger  x    y\n')
  })

  it('begin anew behind a line without the cell', () => {
    assert.equal(
      alignTabs('name\tvalue\nwide name\tfirst\nsecond line\nx\ty\n'),
      'name       value\nwide name  first\nsecond line\nx    y\n',
    )
  })

  it('count characters, not bytes', () => {
    assert.equal(alignTabs('ééééé\tx\nabcde\ty'), 'ééééé  x\nabcde  y')
  })
})
