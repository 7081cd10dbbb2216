import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NetRequest } from '../../../../src/kube/net.ts'
import { type AwsKeys, signRequest } from '../../../../src/providers/aws/sigv4.ts'

const keys: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = { region: 'us-east-1', service: 'service', now: Date.UTC(2015, 7, 30, 12, 36) }

const sign = (request: Partial<NetRequest>, with_: AwsKeys = keys): NetRequest =>
  signRequest({ method: 'GET', url: 'https://example.amazonaws.com/', timeoutMs: 1, ...request }, with_, scope)

const authorization = (names: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`

const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Requests of the test suite that AWS publishes for this signature, by the names it gives them. */
const vectors: readonly (readonly [string, Partial<NetRequest>, string, string])[] = [
  ['get-vanilla', {}, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    { url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' },
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-empty-query-key',
    { url: 'https://example.amazonaws.com/?Param1=value1' },
    'host;x-amz-date',
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ],
  [
    'get-vanilla-query-unreserved',
    { url: `https://example.amazonaws.com/?${unreserved}=${unreserved}` },
    'host;x-amz-date',
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-vanilla-utf8-query',
    { url: 'https://example.amazonaws.com/?ሴ=bar' },
    'host;x-amz-date',
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  [
    'get-unreserved',
    { url: `https://example.amazonaws.com/${unreserved}` },
    'host;x-amz-date',
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  [
    'get-header-value-trim',
    { headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' } },
    'host;my-header1;my-header2;x-amz-date',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'get-header-value-order',
    { headers: { 'My-Header1': 'value4,value1,value3,value2' } },
    'host;my-header1;x-amz-date',
    '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  ],
  [
    'post-vanilla',
    { method: 'POST' },
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-vanilla-query',
    { method: 'POST', url: 'https://example.amazonaws.com/?Param1=value1' },
    'host;x-amz-date',
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'post-header-value-case',
    { method: 'POST', headers: { 'My-Header1': 'VALUE1' } },
    'host;my-header1;x-amz-date',
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', headers: form, body: 'Param1=value1' },
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf8' },
      body: 'Param1=value1',
    },
    'content-type;host;x-amz-date',
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
]

describe("the AWS signature, by AWS' published test suite", () => {
  for (const [name, request, names, signature] of vectors) {
    it(name, () => {
      assert.equal(sign(request).headers?.authorization, authorization(names, signature))
    })
  }
})

describe('the AWS signature', () => {
  it('covers a session token, which it sends along', () => {
    const { headers } = sign({}, { ...keys, sessionToken: 'token' })
    assert.equal(headers?.['x-amz-security-token'], 'token')
    assert.match(headers?.authorization ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token,/)
  })

  it('sends the query in the spelling that it signs', () => {
    assert.equal(sign({ url: 'https://a.example/q?query=up+1&b=%2a' }).url, 'https://a.example/q?b=%2A&query=up%201')
  })

  it('leaves out headers that change on their way', () => {
    assert.match(
      sign({ headers: { 'User-Agent': 'x', 'accept-encoding': 'gzip' } }).headers?.authorization ?? '',
      /SignedHeaders=host;x-amz-date,/,
    )
  })
})
