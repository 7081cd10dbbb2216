import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redactor, redactValues } from '../../../src/lib/redact.ts'

describe('secrets are removed from everything that is shown', () => {
  const rows: readonly (readonly [string, string[], string, string])[] = [
    ['as they are', ['s3cret'], 'bad token s3cret, s3cret', 'bad token *****, *****'],
    ['inside JSON', ['a"b'], '{"token":"a\\"b"}', '{"token":"*****"}'],
    ['inside an address', ['p@ss/word'], 'GET http://x/?k=p%40ss%2Fword', 'GET http://x/?k=*****'],
    ['inside a form', ['a b'], 'password=a+b', 'password=*****'],
    ['in base64', ['user:pass'], 'Basic dXNlcjpwYXNz', 'Basic *****'],
    ['without the line end that files have', ['s3cret\n'], 'token s3cret!', 'token *****!'],
    ['the longer one first', ['abc', 'abcdef'], 'abcdef abc', '***** *****'],
    ['an empty one is none', [''], 'nothing to hide', 'nothing to hide'],
  ]
  for (const [what, secrets, text, shown] of rows) {
    it(what, () => assert.equal(redactor(secrets)(text), shown))
  }

  it('in every value of a map', () => {
    assert.deepEqual(redactValues({ query: 'up{t="s3cret"}' }, redactor(['s3cret'])), { query: 'up{t="*****"}' })
  })
})
