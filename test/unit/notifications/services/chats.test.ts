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

const token = 'chat-token-4711'
const attachments = '[{"title":"shop"}]'
const bodyOf = (request: SeenRequest | undefined): Json => JSON.parse(request?.body ?? 'null')
const failure = (contract: ServiceContract, answer: Answer = contract.good) =>
  sendErrorOf(sendTo(contract, answer).then(() => {}))

const googleChat: ServiceContract = {
  type: 'googlechat',
  config: (address) => ({ webhooks: { releases: `${address}/v1/spaces/A/messages?key=first&token=${token}` } }),
  recipient: 'releases',
  notification: notificationOf({
    googlechat: { cardsV2: '- header:\n    title: shop\n', threadKey: 'shop/7' },
  }),
  good: { body: '{"name":"spaces/A/messages/B"}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    const url = new URL(request?.url ?? '', 'http://chat')
    assert.equal(url.pathname, '/v1/spaces/A/messages')
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      key: 'first',
      token,
      threadKey: 'shop/7',
      messageReplyOption: 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
    })
    assert.deepEqual(bodyOf(request), { cardsV2: [{ cardId: 'card-1', card: { header: { title: 'shop' } } }] })
  },
  hidden: [token],
  timeLimitMs: 10_000,
  readsAnswer: true,
}

const mattermost: ServiceContract = {
  type: 'mattermost',
  config: (address) => ({ apiURL: `${address}/`, token }),
  recipient: 'channel-id',
  notification: notificationOf({ mattermost: { attachments } }),
  good: { status: 201, body: '{"id":"p"}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v4/posts'])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
    const props = { attachments: [{ title: 'shop' }] }
    assert.deepEqual(bodyOf(request), { channel_id: 'channel-id', message: 'Rollout shop is complete', props })
  },
  hidden: [token],
  timeLimitMs: 10_000,
  readsAnswer: false,
}

const session = 'rocket-session-token'
const logIn = ({ url }: SeenRequest): Answer | undefined =>
  url === '/api/v1/login'
    ? { body: JSON.stringify({ status: 'success', data: { authToken: session, userId: 'bot' } }) }
    : undefined

const rocketChat: ServiceContract = {
  type: 'rocketchat',
  config: (address) => ({
    ...{ email: 'bot@shop.example', password: 'rocket-password', serverUrl: address },
    ...{ alias: 'deployer', icon: ':rocket:', avatar: 'https://shop.example/a.png' },
  }),
  recipient: '#releases',
  notification: notificationOf({ rocketchat: { attachments } }),
  good: { body: '{"success":true}' },
  before: logIn,
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v1/chat.postMessage'])
    assert.deepEqual([request?.headers['x-auth-token'], request?.headers['x-user-id']], [session, 'bot'])
    assert.deepEqual(bodyOf(request), {
      ...{ channel: '#releases', text: 'Rollout shop is complete', alias: 'deployer', emoji: ':rocket:' },
      ...{ avatar: 'https://shop.example/a.png', attachments: [{ title: 'shop' }] },
    })
  },
  hidden: ['rocket-password', session],
  timeLimitMs: 10_000,
  readsAnswer: true,
}

const telegram: ServiceContract = {
  type: 'telegram',
  config: () => ({ token: '123456:AAF-telegram-token' }),
  publicAddress: 'https://api.telegram.org',
  recipient: '-1000000000000|2',
  notification: notificationOf(),
  good: { body: '{"ok":true,"result":{}}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.equal(request?.url, '/bot123456:AAF-telegram-token/sendMessage')
    assert.deepEqual(bodyOf(request), {
      ...{ chat_id: '-1000000000000', message_thread_id: '2' },
      ...{ text: 'Rollout shop is complete', parse_mode: 'Markdown' },
    })
  },
  hidden: ['123456:AAF-telegram-token'],
  timeLimitMs: 10_000,
  readsAnswer: false,
}

const webex: ServiceContract = {
  type: 'webex',
  config: (address) => ({ token, apiURL: `${address}/` }),
  recipient: 'someone@shop.example',
  notification: notificationOf(),
  good: { body: '{"id":"m"}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/v1/messages'])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
    const markdown = 'Rollout shop is complete'
    assert.deepEqual(bodyOf(request), { toPersonEmail: 'someone@shop.example', markdown })
  },
  hidden: [token],
  timeLimitMs: 10_000,
  readsAnswer: false,
}

for (const contract of [googleChat, mattermost, rocketChat, telegram, webex]) describeServiceContract(contract)

describe('a message in Google Chat', () => {
  const send = async (googlechat: Json): Promise<Json> => {
    const [request] = await sendTo(
      { ...googleChat, notification: notificationOf({ googlechat }, 'hello') },
      googleChat.good,
    )
    return bodyOf(request)
  }

  it('is the text where the template has no cards', async () => {
    assert.deepEqual(await send({ threadKey: 'a' }), { text: 'hello' })
  })

  it('has cards in JSON too, of both versions', async () => {
    const cards = [{ header: { title: 'old' } }]
    const both = { cards: JSON.stringify(cards), cardsV2: '[{"sections":[]}]' }
    assert.deepEqual(await send(both), { cards, cardsV2: [{ cardId: 'card-1', card: { sections: [] } }] })
  })

  it('is refused in words, with status 200 too', async () => {
    const body = '{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}'
    const error = await failure(googleChat, { body })
    assert.deepEqual([error.retry, error.status], [true, 429])
    assert.match(error.message, /RESOURCE_EXHAUSTED Quota exceeded/)
  })

  it('needs cards that are YAML, and a recipient of the configuration', async () => {
    const notification = notificationOf({ googlechat: { cardsV2: 'a: [' } })
    assert.match((await failure({ ...googleChat, notification })).message, /googlechat\.cardsV2: .*no YAML/)
    assert.match((await failure({ ...googleChat, recipient: 'x' })).message, /webhooks: no webhook for the recipient x/)
  })
})

describe('a message in Rocket.Chat', () => {
  it('goes to a room by its id', async () => {
    const [request] = await sendTo({ ...rocketChat, recipient: 'room-id' }, rocketChat.good)
    const { roomId } = bodyOf(request) as { roomId: string }
    assert.equal(roomId, 'room-id')
  })

  it('logs in once, and again when the session has ended', async () => {
    let sessionEnded = false
    const answers = (request: SeenRequest): Answer => {
      const answer = logIn(request)
      if (answer !== undefined || !sessionEnded) return answer ?? rocketChat.good
      sessionEnded = false
      return { status: 401 }
    }
    await using server = await AnsweringServer.start(answers)
    const service = createService('rocketchat', rocketChat.config(server.address), 'service.rocketchat')
    const context = sendContext({ memory: newMemory() })
    const send = () => service.send(notificationOf(), { service: 'rocketchat', recipient: '#a' }, context)
    await send()
    await send()
    sessionEnded = true
    await send()
    const paths = server.seen.map(({ url }) => url.slice('/api/v1/'.length))
    const [login, post] = ['login', 'chat.postMessage']
    assert.deepEqual(paths, [login, post, post, post, login, post])
    assert.equal(server.seen[0]?.body, 'user=bot%40shop.example&password=rocket-password')
  })

  it('is refused in words, with status 200 too', async () => {
    const error = await failure(rocketChat, { body: '{"success":false,"error":"error-room-not-found"}' })
    assert.equal(error.retry, false)
    assert.match(error.message, /error-room-not-found/)
  })
})

describe('a message in Telegram', () => {
  for (const [recipient, chat] of [
    ['shop_releases', '@shop_releases'],
    ['@shop_releases', '@shop_releases'],
    ['-42', '-42'],
    ['4711', '4711'],
  ]) {
    it(`goes to ${chat} for the recipient ${recipient}`, async () => {
      const [request] = await sendTo({ ...telegram, recipient: recipient ?? '' }, telegram.good)
      assert.equal((bodyOf(request) as { chat_id: string }).chat_id, chat)
    })
  }

  it('is sent again when Telegram says', async () => {
    const body = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":35}}'
    const error = await failure(telegram, { status: 429, body })
    assert.deepEqual([error.retry, error.retryAfterMs], [true, 35_000])
  })

  it('needs a recipient that Telegram knows', async () => {
    assert.match((await failure({ ...telegram, recipient: 'two words' })).message, /neither the name of a channel/)
  })
})

describe('a message in Webex', () => {
  it('goes to a room by its id', async () => {
    const [request] = await sendTo({ ...webex, recipient: 'room-id' }, webex.good)
    assert.equal((bodyOf(request) as { roomId: string }).roomId, 'room-id')
  })
})
