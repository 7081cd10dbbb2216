import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeBase64 } from '../../../src/lib/go-base64.ts'
import { parseGoJson } from '../../../src/lib/go-json-parse.ts'

test('JSON is read', () => {
  assert.deepEqual(parseGoJson(' {"a": [1, -2.5e1, "\\u00e9", null, true]} '), { a: [1, -25, 'é', null, true] })
})

describe('what is no JSON is refused in the words of Go', () => {
  for (const [text, message] of [
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['1 2', "invalid character '2' after top-level value"],
    ['nul', "invalid character ' ' in literal null (expecting 'l')"],
    ['-', "invalid character ' ' in numeric literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['1e400', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
  ]) {
    test(text || 'nothing', () => assert.throws(() => parseGoJson(text ?? ''), { message }))
  }
})

describe('base64 is refused at the first wrong byte', () => {
  for (const [text, offset] of [
    ['!', 0],
    ['aGk', 0],
    ['aG k=', 2],
    ['aGk=x', 4],
  ] as const) {
    test(text, () =>
      assert.throws(() => decodeBase64(text), { message: `illegal base64 data at input byte ${offset}` }),
    )
  }

  test('line breaks do not matter', () => assert.equal(Buffer.from(decodeBase64('aG\nk=\n')).toString(), 'hi'))
})
