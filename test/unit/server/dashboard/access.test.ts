import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkHost, checkOrigin, checkToken, tokenCookie } from '../../../../src/server/dashboard/access.ts'
import { servedPage } from '../../../../src/server/dashboard/page.ts'

const rules = { token: 'open', cookie: 'key-3100', hostNames: ['dashboard.test'] }

const passes = (check: () => void): boolean => {
  try {
    check()
    return true
  } catch {
    return false
  }
}

describe('access to the dashboard', () => {
  for (const [host, allowed] of [
    ['localhost:3100', true],
    ['127.0.0.1:3100', true],
    ['[::1]:3100', true],
    ['10.1.2.3:3100', true],
    ['dashboard.test', true],
    ['evil.test:3100', false],
    ['127.0.0.1.evil.test', false],
    ['localhost.evil.test', false],
    ['', false],
  ] as const) {
    it(`is ${allowed ? 'given' : 'refused'} under the name ${host || 'nothing'}`, () => {
      assert.equal(
        passes(() => checkHost({ headers: { host } }, rules)),
        allowed,
      )
    })
  }

  const host = 'localhost:3100'
  for (const [what, headers, allowed] of [
    ['a client that is no browser', { host }, true],
    ['its own page', { host, origin: 'http://localhost:3100', 'sec-fetch-site': 'same-origin' }, true],
    ['its own page behind a proxy that speaks TLS', { host: 'dashboard.test', origin: 'https://dashboard.test' }, true],
    ['an address that a person typed', { host, 'sec-fetch-site': 'none' }, true],
    ['a page of another site', { host, origin: 'https://evil.test' }, false],
    ['a page without an origin, such as a sandboxed frame', { host, origin: 'null' }, false],
    ['a page at another port of this machine', { host, origin: 'http://localhost:8080' }, false],
    ['an image in such a page', { host, 'sec-fetch-site': 'same-site' }, false],
  ] as const) {
    it(`is ${allowed ? 'given' : 'refused'} to ${what}`, () => {
      assert.equal(
        passes(() => checkOrigin({ headers })),
        allowed,
      )
    })
  }

  for (const [what, headers, allowed] of [
    ['the cookie', { cookie: 'other=1; key-3100=open' }, true],
    ['the token as a bearer', { authorization: 'Bearer open' }, true],
    ['the cookie of a dashboard at another port', { cookie: 'key-3101=open' }, false],
    ['a wrong cookie', { cookie: 'key-3100=opened' }, false],
    ['nothing', {}, false],
    ['another scheme', { authorization: 'Basic open' }, false],
  ] as const) {
    it(`is ${allowed ? 'given' : 'refused'} to who shows ${what}`, () => {
      assert.equal(
        passes(() => checkToken({ headers }, rules)),
        allowed,
      )
    })
  }

  it('is kept in a cookie that no script reads and no other site sends', () => {
    assert.equal(
      tokenCookie(rules, { path: '/rollouts/', secure: true }),
      'key-3100=open; Path=/rollouts/; HttpOnly; SameSite=Strict; Secure',
    )
  })
})

describe('the page', () => {
  const source = '<html><head><base href="/"><style>p{}</style></head><body><script>run()</script></body></html>'

  it('has its addresses below the path where it is served', () => {
    assert.match(servedPage(source, '/a/b/').html, /<base href="\/a\/b\/">/)
    assert.match(servedPage('<head></head>', '/a/').html, /^<head><base href="\/a\/"><\/head>$/)
  })

  it('may run the scripts and styles that are in it, and no others', () => {
    const { policy } = servedPage(source, '/')
    assert.match(
      policy,
      /default-src 'none'; script-src 'sha256-[^']+='; style-src 'sha256-[^']+='; connect-src 'self'/,
    )
    assert.doesNotMatch(policy, /unsafe/)
  })
})
