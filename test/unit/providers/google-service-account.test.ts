import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import type { GoogleCloudMonitoringMetric } from '../../../src/api/providers/google-cloud-monitoring.ts'
import type { NetRequest } from '../../../src/kube/net.ts'
import { closedHost, surroundingsOf } from '../../../src/providers/surroundings.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { measureOnce } from '../../builders/measure-context.ts'
import { secretsOf } from '../../builders/secret-access.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const tokenUri = 'https://oauth2.example/token'
const serviceAccount = {
  type: 'service_account',
  project_id: 'shop-prod',
  private_key_id: 'k1',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  client_email: 'judge@shop-prod.iam.gserviceaccount.com',
  token_uri: tokenUri,
}
const key = JSON.stringify(serviceAccount)

const answer = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"1"]}]}}'

const google = (token: object = { access_token: 'ya29.x', expires_in: 3600 }, status = 200): AnsweringNet =>
  new AnsweringNet(({ url }) => (url === tokenUri ? { status, text: JSON.stringify(token) } : { text: answer }))

interface World {
  readonly net?: AnsweringNet
  readonly secret?: string
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

const ask = (spec: Partial<GoogleCloudMonitoringMetric>, { net = google(), secret = key, env, files }: World = {}) => {
  const provider = { googleCloudMonitoring: { query: 'up', ...spec } }
  return measureOnce(metricOf({ provider, successCondition: 'result[0] == 1' }), {
    net,
    clock: new ManualClock(),
    secrets: secretsOf({ 'argo-rollouts/google': { serviceAccountKey: secret } }),
    surroundings: surroundingsOf(closedHost(env, files)),
  })
}

const secretRef = { name: 'google' }

const partsOf = (request: NetRequest | undefined) => {
  const form = new URLSearchParams(request?.body)
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  return {
    grant: form.get('grant_type'),
    header: read(header),
    claims: read(claims),
    isSigned: verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
  }
}

describe('Google Cloud Monitoring with a service account', () => {
  it('trades a signed statement for a token, for the project of the account', async () => {
    const net = google()
    assert.deepEqual(await ask({ secretRef }, { net }), { phase: 'Successful', value: '[1]' })
    assert.deepEqual(partsOf(net.requests[0]), {
      grant: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        iss: serviceAccount.client_email,
        scope: 'https://www.googleapis.com/auth/monitoring.read',
        aud: tokenUri,
        iat: 1767225600,
        exp: 1767229200,
      },
      isSigned: true,
    })
    assert.match(
      net.urls[1] ?? '',
      /^https:\/\/monitoring\.googleapis\.com\/v1\/projects\/shop-prod\/location\/global\//,
    )
    assert.equal(net.requests[1]?.headers?.authorization, 'Bearer ya29.x')
  })

  it('takes the key from the file that the environment names', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/etc/google/key.json' }
    const outcome = await ask({}, { env, files: { '/etc/google/key.json': key } })
    assert.deepEqual(outcome, { phase: 'Successful', value: '[1]' })
  })

  const failures: readonly (readonly [string, Partial<GoogleCloudMonitoringMetric>, World, RegExp])[] = [
    [
      'a key that is no JSON',
      { secretRef },
      { secret: 'PRIVATE' },
      /^serviceAccountKey in the Secret .* is no JSON key/,
    ],
    [
      'a key that is of no account',
      { secretRef },
      { secret: JSON.stringify({ ...serviceAccount, type: 'authorized_user', secret: 'PRIVATE' }) },
      /is no JSON key of a Google service account/,
    ],
    [
      'a private key that is none',
      { secretRef },
      { secret: JSON.stringify({ ...serviceAccount, private_key: 'PRIVATE' }) },
      /^the private_key of judge@.* cannot be read/,
    ],
    [
      'a missing file',
      {},
      { env: { GOOGLE_APPLICATION_CREDENTIALS: '/x' } },
      /from \/x failed: check the mounted volume/,
    ],
    [
      'a refused account',
      { secretRef },
      { net: google({ error: 'invalid_grant' }, 400) },
      /Google answered 400 invalid_grant/,
    ],
    ['a token that is none', { secretRef }, { net: google({ id_token: 'PRIVATE' }) }, /the answer holds none/],
    ['no identity at all', {}, { net: new AnsweringNet(() => undefined) }, /^no Google identity: give .*ECONNREFUSED/],
    [
      'no project',
      {},
      {
        net: new AnsweringNet(({ url }) =>
          url.endsWith('/token') ? { text: '{"access_token":"x","expires_in":60}' } : { status: 404 },
        ),
      },
      /^no Google project: set provider\.googleCloudMonitoring\.project$/,
    ],
  ]
  for (const [what, spec, world, message] of failures) {
    it(`makes an error of ${what}, which quotes no secret`, async () => {
      const outcome = await ask(spec, world)
      assert.equal(outcome.phase, 'Error')
      assert.match(outcome.message ?? '', message)
      assert.ok(!outcome.message?.includes('PRIVATE'))
    })
  }
})
