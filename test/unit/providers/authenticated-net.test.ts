import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NetRequest, NetResponse } from '../../../src/kube/net.ts'
import { authenticatedNet, type RequestIdentity } from '../../../src/providers/authenticated-net.ts'
import type { MeasureContext } from '../../../src/providers/provider.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { makeCertificate } from '../../builders/certificate.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { machineNet, measureContext } from '../../builders/measure-context.ts'
import { json, MisbehavingServer } from '../../builders/misbehaving-server.ts'

const tokenUrl = 'https://login.example/token'
const request: NetRequest = { method: 'GET', url: 'https://metrics.example/q', timeoutMs: 1000 }
const oauth2 = { tokenUrl, clientId: 'me:1', clientSecret: 's/3', scopes: ['read', 'more'] }

/** A token server that counts (`t1`, `t2`, …), and a service that takes the tokens that `isGood` likes. */
const worldOf = (isGood: (token: string) => boolean = () => true, token: Partial<NetResponse> = {}) => {
  let issued = 0
  const net = new AnsweringNet(({ url, headers }) => {
    if (url === tokenUrl) return { text: JSON.stringify({ access_token: `t${++issued}`, expires_in: 600 }), ...token }
    return { status: isGood(headers?.authorization?.replace('Bearer ', '') ?? '') ? 200 : 401 }
  })
  const clock = new ManualClock()
  const hidden: string[] = []
  const secrets = { read: async () => ({}), hide: (text: string) => void hidden.push(text) }
  const context: MeasureContext = measureContext(metricOf(), { net, clock, secrets })
  const ask = (identity: RequestIdentity) => authenticatedNet(identity, context).fetch(request)
  const sent = (): readonly (string | undefined)[] =>
    net.requests.filter(({ url }) => url !== tokenUrl).map(({ headers }) => headers?.authorization)
  return { net, clock, hidden, ask, sent, issued: () => issued }
}

describe('a request with an OAuth 2 client', () => {
  const identity = { authentication: { oauth2 } }

  it('asks for a token once, for all that have the same client', async () => {
    const { ask, sent, net, issued } = worldOf()
    await Promise.all([ask(identity), ask(identity)])
    await ask({ authentication: { oauth2: { ...oauth2 } } })
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t1', 'Bearer t1'])
    assert.equal(issued(), 1)
    const asked = net.requests.find(({ url }) => url === tokenUrl)
    assert.equal(asked?.body, 'grant_type=client_credentials&scope=read+more')
    assert.equal(asked?.headers?.authorization, `Basic ${Buffer.from('me%3A1:s%2F3').toString('base64')}`)
  })

  it('asks for another one for another client, and when the secret was rotated', async () => {
    const { ask, sent } = worldOf()
    await ask(identity)
    await ask({ authentication: { oauth2: { ...oauth2, clientSecret: 'rotated' } } })
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t2'])
  })

  it('asks for a new one before the old one ends', async () => {
    const { ask, sent, clock } = worldOf()
    await ask(identity)
    await clock.advance(539_000)
    await ask(identity)
    await clock.advance(2000)
    await ask(identity)
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t1', 'Bearer t2'])
  })

  it('asks for a new one, once, when it is refused', async () => {
    const { ask, sent } = worldOf((token) => token === 't2')
    assert.equal((await ask(identity)).status, 200)
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t2'])
    assert.equal((await ask(identity)).status, 200)
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t2', 'Bearer t2'])
  })

  it('leaves it at two refusals', async () => {
    const { ask, sent } = worldOf(() => false)
    assert.equal((await ask(identity)).status, 401)
    assert.deepEqual(sent(), ['Bearer t1', 'Bearer t2'])
  })

  it('hides the token and the secret', async () => {
    const { ask, hidden } = worldOf()
    await ask(identity)
    assert.deepEqual(hidden, ['s/3', 't1'])
  })

  const refusals: readonly (readonly [string, Partial<NetResponse>, RegExp])[] = [
    [
      'an error',
      { status: 401, text: '{"error":"invalid_client","error_description":"s/3"}' },
      /answered 401 invalid_client; check tokenUrl/,
    ],
    ['no token', { text: '{"token_type":"bearer"}' }, /the answer has no access_token; check tokenUrl$/],
    ['HTML', { text: '<html>' }, /the answer has no access_token/],
    ['an error with a good status', { text: '{"error":"invalid_scope"}' }, /answered 200 invalid_scope/],
  ]
  for (const [what, answer, message] of refusals) {
    it(`fails when the token server answers ${what}, and quotes nothing`, async () => {
      await assert.rejects(worldOf(undefined, answer).ask(identity), (error: Error) => {
        assert.match(error.message, message)
        assert.ok(!error.message.includes('s/3'))
        return true
      })
    })
  }
})

describe('a request with credentials', () => {
  const ways: readonly (readonly [string, RequestIdentity, string | undefined, readonly string[]])[] = [
    ['none', {}, undefined, []],
    ['a bearer token', { authentication: { bearerToken: 'abc' } }, 'Bearer abc', ['abc']],
    [
      'a name and a password',
      { authentication: { basicAuth: { username: 'ä', password: 'ö:1' } } },
      `Basic ${Buffer.from('ä:ö:1').toString('base64')}`,
      ['ö:1', Buffer.from('ä:ö:1').toString('base64')],
    ],
    [
      'a header of its own, which wins',
      { authentication: { bearerToken: 'abc' }, headers: [{ key: 'Authorization', value: 'Bearer own' }] },
      'Bearer own',
      ['abc', 'own'],
    ],
    ['settings with nothing in them', { authentication: { basicAuth: {}, oauth2: {}, sigv4: {} } }, undefined, []],
  ]
  for (const [what, identity, authorization, secrets] of ways) {
    it(`sends ${what}, and hides it`, async () => {
      const { ask, sent, hidden } = worldOf()
      await ask(identity)
      assert.deepEqual([sent(), hidden], [[authorization], secrets])
    })
  }

  it('does not sign for AWS where AWS does not listen', () => {
    assert.throws(() => worldOf().ask({ authentication: { sigv4: { region: 'eu-west-1' } } }), /sigv4 signs for Amazon/)
  })
})

describe('a request to a server whose certificate nobody knows', () => {
  const certificate = makeCertificate('metrics')

  const ask = async (identity: RequestIdentity): Promise<number> => {
    const server = await MisbehavingServer.start(json(200, {}), certificate)
    const clock = new ManualClock()
    const context = measureContext(metricOf(), { clock, net: machineNet(clock) })
    try {
      return (await authenticatedNet(identity, context).fetch({ ...request, url: server.url })).status
    } finally {
      await server.stop()
    }
  }

  it('fails', () => assert.rejects(ask({}), /certificate/))
  it('works with its authority', async () => assert.equal(await ask({ ca: certificate.cert }), 200))
  it('works where any is accepted', async () => assert.equal(await ask({ insecure: true }), 200))
})
