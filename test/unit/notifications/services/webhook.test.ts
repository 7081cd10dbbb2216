import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import { AnsweringServer } from '../../../builders/answering-server.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendContext,
  sendTo,
} from '../../../builders/service-contract.ts'

const password = 'webhook-password'
const token = 'header-token-1'

const contract: ServiceContract = {
  type: 'webhook',
  config: (address) => ({
    url: `${address}/hooks/`,
    headers: [
      { name: 'Content-Type', value: 'application/x-www-form-urlencoded' },
      { name: 'X-Auth-Token', value: token },
    ],
    basicAuth: { username: 'deployer', password },
  }),
  recipient: '',
  notification: notificationOf({ webhook: { webhook: { method: 'POST', path: '/release', body: 'name=shop' } } }),
  good: { status: 204 },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url, request?.body], ['POST', '/hooks/release', 'name=shop'])
    const { 'content-type': type, 'x-auth-token': own, authorization } = request?.headers ?? {}
    assert.deepEqual([type, own], ['application/x-www-form-urlencoded', token])
    assert.equal(authorization, `Basic ${Buffer.from(`deployer:${password}`).toString('base64')}`)
  },
  hidden: [password, token],
  timeLimitMs: 10_000,
  readsAnswer: false,
}

describeServiceContract(contract)

const serviceOf = (raw: Json) => createService('webhook', raw, 'service.webhook.shop')
const refused = (raw: Json, message: RegExp): void => {
  assert.throws(() => serviceOf(raw), { name: 'ServiceConfigError', message })
}

describe('a webhook', () => {
  it('sends the message by GET where the template has no section for it, as published', async () => {
    const other = { webhook: { another: { method: 'POST', body: 'x' } } }
    const [request] = await sendTo({ ...contract, notification: notificationOf(other, 'hello') }, {})
    assert.deepEqual([request?.method, request?.url, request?.body], ['GET', '/hooks/', 'hello'])
  })

  it('is known by its own name, which its section has too', async () => {
    await using server = await AnsweringServer.start({})
    const service = createService('webhook', { url: server.address }, 'service.webhook.jenkins')
    const notification = notificationOf({ webhook: { jenkins: { method: 'PUT', path: 'build', body: '' } } })
    await service.send(notification, { service: 'jenkins', recipient: '' }, sendContext())
    assert.deepEqual([server.seen[0]?.method, server.seen[0]?.url], ['PUT', '/build'])
  })

  it('says how often and when it wants to be tried again', () => {
    const url = 'https://hooks.example'
    assert.deepEqual(serviceOf({ url }).retries, { max: 3, waitMinMs: 1000, waitMaxMs: 5000 })
    const settings = { url, retryMax: 5, retryWaitMin: '200ms', retryWaitMax: 10_000_000_000 }
    assert.deepEqual(serviceOf(settings).retries, { max: 5, waitMinMs: 200, waitMaxMs: 10_000 })
  })

  it('names the key and the fields of a configuration that cannot be used', () => {
    refused({}, /^service\.webhook\.shop: url: must be set$/)
    refused({ url: 'hooks.example' }, /url: must be a URL that begins with http/)
    refused({ url: 'https://h', retryWaitMin: '5' }, /retryWaitMin: .*must be a duration such as 5s/)
    refused({ url: 'https://h', retryMax: 'often' }, /retryMax: must be a whole number/)
    refused({ url: 'https://h', headers: [{ name: 'a b', value: 'c' }] }, /headers\.0\.name: must be the name/)
    refused({ url: 'https://h', insecureSkipVerify: 'perhaps' }, /insecureSkipVerify: must be true or false/)
    refused('https://h', /^service\.webhook\.shop: must be an object$/)
  })

  it('finds fields without regard to case, as Go does', () => {
    assert.equal(serviceOf({ URL: 'https://h', RetryMax: '2' }).retries?.max, 2)
  })

  it('shows no value of the Secret that a template wrote into a request', async () => {
    await using server = await AnsweringServer.start(({ body }) => ({ status: 400, body }))
    const service = createService('webhook', { url: server.address }, 'service.webhook', ['from-the-secret'])
    const notification = notificationOf({ webhook: { webhook: { method: 'POST', body: 'key=from-the-secret' } } })
    const sending = service.send(notification, { service: 'webhook', recipient: '' }, sendContext())
    await assert.rejects(sending, { message: /answered 400: key=\*\*\*\*\*/ })
  })
})
