import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { newMemory } from '../../../../src/notifications/services/memory.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../../builders/answering-server.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendContext,
  sendErrorOf,
  sendTo,
} from '../../../builders/service-contract.ts'

const token = 'xoxb-1234567890-secret'
const good = { body: '{"ok":true,"channel":"C024BE91L","ts":"1405894322.002768"}' }
const blocks = '[{"type":"section","text":{"type":"mrkdwn","text":"*shop*"}}]'

const formOf = (request: SeenRequest | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request?.body))

const contract: ServiceContract = {
  type: 'slack',
  config: (address) => ({
    token,
    apiURL: `${address}/api`,
    username: 'deployer',
    icon: ':rocket:',
    disableUnfurl: true,
  }),
  recipient: 'releases',
  notification: notificationOf({ slack: { blocks, attachments: '[{"color":"#18be52"}]', notifyBroadcast: true } }),
  good,
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/chat.postMessage'])
    assert.deepEqual(formOf(request), {
      token,
      channel: 'releases',
      text: 'Rollout shop is complete',
      username: 'deployer',
      icon_emoji: ':rocket:',
      attachments: '[{"color":"#18be52"}]',
      blocks,
      unfurl_links: 'false',
      unfurl_media: 'false',
      reply_broadcast: 'true',
    })
  },
  hidden: [token],
  timeLimitMs: 10_000,
  readsAnswer: true,
}

describeServiceContract(contract)

const withSection = (slack: Json, message?: string): ServiceContract => ({
  ...contract,
  notification: notificationOf({ slack }, message),
})

const failure = (changed: ServiceContract, answer = good) => sendErrorOf(sendTo(changed, answer).then(() => {}))

describe('a message in Slack', () => {
  it('has the name and the icon of its template rather than those of the service', async () => {
    const [request] = await sendTo(withSection({ username: 'shop', icon: 'https://shop.example/icon.png' }), good)
    const { username, icon_url: icon, icon_emoji: emoji } = formOf(request)
    assert.deepEqual([username, icon, emoji], ['shop', 'https://shop.example/icon.png', undefined])
  })

  it('is not sent with blocks that are no JSON: the error names the field', async () => {
    const error = await failure(withSection({ blocks: '[{"type":' }))
    assert.equal(error.retry, false)
    assert.match(error.message, /slack\.blocks: the rendered text is no JSON .*\[\{"type":/)
    assert.match((await failure(withSection({ attachments: '{}' }))).message, /slack\.attachments: must be a list/)
    assert.match((await failure(withSection({ icon: 'rocket' }))).message, /slack\.icon: rocket is neither/)
  })

  it('needs a channel', async () => {
    assert.match((await failure({ ...contract, recipient: '' })).message, /must name a channel/)
  })

  it('is refused by Slack with status 200, and the error says what to do', async () => {
    const error = await failure(contract, { body: '{"ok":false,"error":"not_in_channel"}' })
    assert.equal(error.retry, false)
    assert.match(error.message, /not_in_channel to chat\.postMessage; invite the app to the channel$/)
    assert.equal((await failure(contract, { body: '{"ok":false,"error":"internal_error"}' })).retry, true)
  })
})

describe('messages of one group in Slack', () => {
  /** What one app asks in turn, for each of these messages. */
  const sendAll = async (
    slack: Json,
    messages: readonly string[],
    answers: (request: SeenRequest) => Answer = () => good,
  ): Promise<(readonly [string, Record<string, string>])[]> => {
    await using server = await AnsweringServer.start(answers)
    const service = createService('slack', contract.config(server.address), 'service.slack')
    const context = sendContext()
    for (const message of messages) {
      await service.send(notificationOf({ slack }, message), { service: 'slack', recipient: 'releases' }, context)
    }
    return server.seen.map((request) => [request.url, formOf(request)] as const)
  }

  it('answer to the first one', async () => {
    const calls = await sendAll({ groupingKey: 'revision-7' }, ['first', 'second'])
    assert.deepEqual(
      calls.map(([url, { text, thread_ts: thread }]) => [url, text, thread]),
      [
        ['/api/chat.postMessage', 'first', undefined],
        ['/api/chat.postMessage', 'second', '1405894322.002768'],
      ],
    )
  })

  it('change the first one in its channel, where the template says Update', async () => {
    const calls = await sendAll({ groupingKey: 'revision-7', deliveryPolicy: 'Update' }, ['first', 'second'])
    assert.deepEqual(
      calls.map(([url, { channel, ts, text }]) => [url, channel, ts, text]),
      [
        ['/api/chat.postMessage', 'releases', undefined, 'first'],
        ['/api/chat.update', 'C024BE91L', '1405894322.002768', 'second'],
      ],
    )
  })

  it('take away the blocks that the first one had, where they have none', async () => {
    const calls = await sendAll({ groupingKey: 'revision-7', deliveryPolicy: 'Update' }, ['first', 'second'])
    assert.deepEqual([calls[1]?.[1].blocks, calls[1]?.[1].attachments], ['[]', '[]'])
  })

  it('do both, where it says PostAndUpdate', async () => {
    const calls = await sendAll({ groupingKey: 'revision-7', deliveryPolicy: 'PostAndUpdate' }, ['first', 'second'])
    const urls = calls.map(([url]) => url)
    assert.deepEqual(urls, ['/api/chat.postMessage', '/api/chat.postMessage', '/api/chat.update'])
  })

  it('are not posted again after the change of the first one failed', async () => {
    const answers = ({ url }: SeenRequest): Answer => (url.endsWith('update') ? { status: 500 } : good)
    const policy = { groupingKey: 'revision-7', deliveryPolicy: 'PostAndUpdate' }
    const error = await sendErrorOf(sendAll(policy, ['first', 'second'], answers).then(() => {}))
    assert.equal(error.retry, false)
    assert.match(error.message, /the message was posted, changing the first one failed: .*500/)
  })

  it('are on their own without a key, and by another key', async () => {
    const memory = newMemory()
    for (const slack of [{ deliveryPolicy: 'Update' }, { groupingKey: 'a' }, { groupingKey: 'b' }]) {
      const [request] = await sendTo(withSection(slack), good, { memory })
      assert.equal(formOf(request).thread_ts, undefined)
    }
  })
})
