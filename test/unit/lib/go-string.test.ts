import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  byteIndexOf,
  byteLength,
  compareStrings,
  concatenate,
  describeCharacter,
  quoteString,
  runeCount,
  sliceBytes,
} from '../../../src/lib/go-string.ts'

describe('strings are bytes', () => {
  test('length and places count bytes', () => {
    assert.equal(byteLength('hé✓'), 6)
    assert.equal(byteIndexOf('hé✓', '✓'), 3)
    assert.equal(byteIndexOf('aé', '', true), 3)
  })

  test('a character can be cut in two and put together again', () => {
    const [first, second] = [sliceBytes('é', 0, 1), sliceBytes('é', 1, 2)]
    assert.notEqual(first, 'é')
    assert.equal(byteLength(first), 1)
    assert.equal(runeCount(first), 1)
    assert.equal(concatenate(first, second), 'é')
  })

  test('the order is that of the bytes, not of UTF-16', () => {
    assert.ok(compareStrings('\uffff', '\u{1F600}') < 0)
    assert.ok('\uffff' > '\u{1F600}')
    assert.equal(compareStrings('é', 'é'), 0)
  })
})

test('quoting escapes what cannot be printed', () => {
  assert.equal(quoteString('a"\\\n\x07\x7f\u200bé'), '"a\\"\\\\\\n\\a\\x7f\\u200bé"')
  assert.equal(quoteString(sliceBytes('é', 0, 1)), '"\\xc3"')
})

test('a character is shown with its number', () => {
  assert.equal(describeCharacter('@'), "U+0040 '@'")
  assert.equal(describeCharacter('\u0001'), 'U+0001')
})
