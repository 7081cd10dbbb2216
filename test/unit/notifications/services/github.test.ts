import assert from 'node:assert/strict'
import { createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../../builders/answering-server.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendContext,
  sendErrorOf,
  testNow,
} from '../../../builders/service-contract.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const token = 'ghs_installation-token'
const commit = { repoURLPath: 'https://github.com/shop/web.git', revisionPath: 'abc123' }
const repository = '/api/v3/repos/shop/web'

const logIn = ({ url }: SeenRequest): Answer | undefined =>
  url.endsWith('/access_tokens')
    ? { status: 201, body: JSON.stringify({ token, expires_at: '2100-01-01T00:00:00Z' }) }
    : undefined

const config = (address: string) => ({
  appID: 12_345,
  installationID: '67890',
  privateKey,
  enterpriseBaseURL: address,
})

const contract: ServiceContract = {
  type: 'github',
  config,
  recipient: '',
  notification: notificationOf({
    github: { ...commit, status: { state: 'success', label: 'delivery/shop', targetURL: 'https://shop.example' } },
  }),
  good: { status: 201, body: '{"id":1}' },
  before: logIn,
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', `${repository}/statuses/abc123`])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      ...{ state: 'success', context: 'delivery/shop', target_url: 'https://shop.example' },
      description: 'Rollout shop is complete',
    })
  },
  hidden: [token],
  timeLimitMs: 10_000,
  readsAnswer: false,
}

describeServiceContract(contract)

type Route = readonly [method: string, path: string, answer: Answer]

interface Told {
  /** Method, path and body of what was asked, without the request for a token. */
  readonly calls: readonly (readonly [string, string, Json])[]
  readonly seen: readonly SeenRequest[]
}

const callOf = ({ method, url, body }: SeenRequest): readonly [string, string, Json] => [
  method,
  url.replace(repository, ''),
  body === '' ? null : JSON.parse(body),
]

/** Sends a section to a GitHub that has these routes, and answers everything else with an id. */
const tell = async (section: Json, routes: readonly Route[] = [], sent: SeenRequest[] = []): Promise<Told> => {
  const answers = (request: SeenRequest): Answer => {
    sent.push(request)
    const route = routes.find(
      ([method, path]) => method === request.method && request.url.startsWith(`${repository}${path}`),
    )
    return logIn(request) ?? route?.[2] ?? { status: 201, body: '{"id":5}' }
  }
  await using server = await AnsweringServer.start(answers)
  const service = createService('github', config(server.address), 'service.github')
  const clock = new ManualClock(testNow)
  const notification = notificationOf({ github: section })
  await service.send(notification, { service: 'github', recipient: '' }, sendContext({ clock }))
  return { calls: sent.filter((request) => logIn(request) === undefined).map(callOf), seen: sent }
}

const failure = (section: Json, routes: readonly Route[] = [], sent: SeenRequest[] = []) =>
  sendErrorOf(tell(section, routes, sent).then(() => {}))

describe('GitHub as an app', () => {
  it('asks for a token with a statement that it has signed', async () => {
    const { seen } = await tell({ ...commit, status: { state: 'success' } })
    const [request] = seen
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v3/app/installations/67890/access_tokens'])
    const jwt = request?.headers.authorization?.replace('Bearer ', '') ?? ''
    const [header = '', claims = '', signature = ''] = jwt.split('.')
    const verify = createVerify('sha256').update(`${header}.${claims}`)
    assert.ok(verify.verify(keys.publicKey, signature, 'base64url'))
    const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    assert.deepEqual([iss, iat, exp], ['12345', testNow / 1000 - 60, testNow / 1000 + 540])
  })

  it('keeps the token', async () => {
    await using server = await AnsweringServer.start((request) => logIn(request) ?? contract.good)
    const service = createService('github', config(server.address), 'service.github')
    const context = sendContext()
    for (let count = 0; count < 2; count++) {
      await service.send(contract.notification, { service: 'github', recipient: '' }, context)
    }
    assert.equal(server.seen.filter((request) => logIn(request) !== undefined).length, 1)
  })

  it('needs numbers and a key', async () => {
    const create = (raw: Json) => () => createService('github', raw, 'service.github')
    assert.throws(create({ appID: 'x', installationID: 1, privateKey }), /service\.github: appID: must be a number/)
    assert.throws(create({ appID: 1, installationID: 1 }), /privateKey: must be set/)
    await using server = await AnsweringServer.start({})
    const raw = { ...config(server.address), privateKey: 'no key, but secret' }
    const sending = createService('github', raw, 'service.github').send(
      contract.notification,
      { service: 'github', recipient: '' },
      sendContext(),
    )
    const { message, retry } = await sendErrorOf(sending)
    assert.match(message, /privateKey: must be the PEM text/)
    assert.deepEqual([retry, message.includes('secret')], [false, false])
  })

  it('waits for its rate limit, which GitHub tells by 403', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(testNow / 1000 + 90) }
    const answer = { status: 403, headers, body: '{"message":"API rate limit exceeded"}' }
    const error = await failure({ ...commit, status: { state: 'success' } }, [['POST', '/statuses', answer]])
    assert.deepEqual([error.retry, error.retryAfterMs], [true, 90_000])
  })
})

describe('a commit in GitHub', () => {
  for (const repoURLPath of [
    'git@github.com:shop/web.git',
    'ssh://git@github.com/shop/web',
    'https://github.com/shop/web/tree/main',
  ]) {
    it(`is found by ${repoURLPath}`, async () => {
      const { calls } = await tell({ ...commit, repoURLPath, status: { state: 'success' } })
      assert.equal(calls[0]?.[1], '/statuses/abc123')
    })
  }

  it('must be named, as a Rollout knows none', async () => {
    assert.match(
      (await failure({ status: { state: 'success' } })).message,
      /github: repoURLPath: must be set; revisionPath/,
    )
    assert.match((await failure({ ...commit, repoURLPath: 'shop' })).message, /repoURLPath: must be the address/)
  })
})

describe('a deployment in GitHub', () => {
  const deployment = { state: 'success', environment: 'production', environmentURL: 'https://e', logURL: 'https://l' }
  const status = {
    ...{ state: 'success', environment: 'production', environment_url: 'https://e', log_url: 'https://l' },
    description: 'Rollout shop is complete',
  }

  it('is created with a status where there is none', async () => {
    const { calls } = await tell({ ...commit, deployment: { ...deployment, requiredContexts: [], autoMerge: false } }, [
      ['GET', '/deployments', { body: '[]' }],
    ])
    assert.deepEqual(calls, [
      ['GET', '/deployments?ref=abc123&environment=production', null],
      [
        'POST',
        '/deployments',
        {
          ...{ ref: 'abc123', environment: 'production', required_contexts: [] },
          ...{ auto_merge: false, transient_environment: false },
        },
      ],
      ['POST', '/deployments/5/statuses', status],
    ])
  })

  it('gets another status where there is one', async () => {
    const { calls } = await tell({ ...commit, deployment }, [['GET', '/deployments', { body: '[{"id":77}]' }]])
    assert.deepEqual(calls[1], ['POST', '/deployments/77/statuses', status])
  })
})

describe('a comment on a pull request in GitHub', () => {
  const pulls: Route = ['GET', '/commits/abc123/pulls', { body: '[{"number":3},{"number":4}]' }]

  it('is written on every pull request of the commit', async () => {
    const { calls } = await tell({ ...commit, pullRequestComment: { content: 'done' } }, [pulls])
    assert.deepEqual(calls.slice(1), [
      ['POST', '/issues/3/comments', { body: 'done' }],
      ['POST', '/issues/4/comments', { body: 'done' }],
    ])
  })

  it('replaces the one with the same tag, also on a later page', async () => {
    const body = 'done\n<!-- argocd-notifications shop -->'
    const full = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, body: null })))
    const tagged = JSON.stringify([{ id: 900, body: 'before\n<!-- argocd-notifications shop -->' }])
    const { calls } = await tell({ ...commit, pullRequestComment: { content: 'done', commentTag: 'shop' } }, [
      ['GET', '/commits/abc123/pulls', { body: '[{"number":3}]' }],
      ['GET', '/issues/3/comments?per_page=100&page=1', { body: full }],
      ['GET', '/issues/3/comments?per_page=100&page=2', { body: tagged }],
    ])
    assert.deepEqual(calls.at(-1), ['PATCH', '/issues/comments/900', { body }])
  })

  it('is not written twice because of what fails after it', async () => {
    const section = { ...commit, pullRequestComment: { content: 'done' }, checkRun: { name: 'shop' } }
    const error = await failure(section, [pulls, ['POST', '/check-runs', { status: 500 }]])
    assert.deepEqual([error.retry, error.status], [false, 500])
    assert.match(error.message, /a part had arrived before/)
  })
})

describe('a check run in GitHub', () => {
  it('is completed where it has a conclusion', async () => {
    const output = { title: 't', summary: 's', text: 'x' }
    const times = { started_at: '2026-03-01T11:00:00Z', completed_at: '2026-03-01T12:00:00Z' }
    const run = { name: 'shop', conclusion: 'success', details_url: 'https://d', ...times, output }
    const { calls } = await tell({ ...commit, checkRun: run })
    const body = { head_sha: 'abc123', external_id: 'argocd-notifications', status: 'completed', ...run }
    assert.deepEqual(calls, [['POST', '/check-runs', body]])
  })

  it('needs a conclusion where it is completed, and times that are some', async () => {
    const refused = async (run: Json): Promise<string> => (await failure({ ...commit, checkRun: run })).message
    assert.match(await refused({ name: 'a', status: 'completed' }), /github: checkRun: conclusion must be set/)
    assert.match(await refused({ name: 'a', started_at: 'YYYY' }), /checkRun\.started_at: must be a time/)
  })
})

describe('a dispatch in GitHub', () => {
  it('carries the JSON of the template', async () => {
    const repositoryDispatch = { event_type: 'released', client_payload: '{"app":"shop"}' }
    const { calls } = await tell({ ...commit, repositoryDispatch }, [['POST', '/dispatches', { status: 204 }]])
    assert.deepEqual(calls, [['POST', '/dispatches', { event_type: 'released', client_payload: { app: 'shop' } }]])
  })
})
