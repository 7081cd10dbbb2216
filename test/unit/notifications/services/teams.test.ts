import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendErrorOf,
  sendTo,
} from '../../../builders/service-contract.ts'

const hook = 'b32f9c1a77e94ef5'
const facts = [{ name: 'Revision', value: '7' }]
const potentialAction = [
  { '@type': 'OpenUri', name: 'Open', targets: [{ os: 'default', uri: 'https://shop.example' }] },
  { '@type': 'HttpPOST', name: 'Undo' },
]
const section = {
  title: 'shop',
  text: 'is complete',
  summary: 'shop is complete',
  themeColor: 'Good',
  facts: JSON.stringify(facts),
  sections: JSON.stringify([{ facts: [{ name: 'Namespace', value: 3 }] }]),
  potentialAction: JSON.stringify(potentialAction),
}

const common = {
  recipient: 'releases',
  hidden: [hook],
  timeLimitMs: 10_000,
}

const connectors: ServiceContract = {
  ...common,
  type: 'teams',
  config: (address) => ({ recipientUrls: { releases: `${address}/webhook/${hook}` } }),
  notification: notificationOf({ teams: section }),
  good: { body: '1' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', `/webhook/${hook}`])
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      '@type': 'MessageCard',
      '@context': 'https://schema.org/extensions',
      title: 'shop',
      text: 'is complete',
      summary: 'shop is complete',
      themeColor: 'Good',
      potentialAction,
      sections: [{ facts: [{ name: 'Namespace', value: 3 }] }, { facts }],
    })
  },
  readsAnswer: true,
}

const workflows: ServiceContract = {
  ...common,
  type: 'teams-workflows',
  config: (address) => ({ recipientUrls: { releases: `${address}/powerautomate/${hook}` } }),
  notification: notificationOf({ 'teams-workflows': section }),
  good: { status: 202 },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', `/powerautomate/${hook}`])
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      type: 'message',
      summary: 'shop is complete',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: 'shop', size: 'Large', weight: 'Bolder', color: 'Good', wrap: true },
              { type: 'TextBlock', text: 'is complete', wrap: true },
              { type: 'FactSet', facts: [{ title: 'Revision', value: '7' }] },
              { type: 'FactSet', facts: [{ title: 'Namespace', value: '3' }] },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://shop.example' }],
          },
        },
      ],
    })
  },
  readsAnswer: false,
}

describeServiceContract(connectors)
describeServiceContract(workflows)

const bodyOf = async (contract: ServiceContract, sections: Record<string, Json>): Promise<unknown> => {
  const [request] = await sendTo({ ...contract, notification: notificationOf(sections, 'hello') }, contract.good)
  return JSON.parse(request?.body ?? '')
}
const failure = (contract: ServiceContract, answer: Answer = contract.good) =>
  sendErrorOf(sendTo(contract, answer).then(() => {}))

describe('a message to a connector of Microsoft Teams', () => {
  it('has the message for its text where there is no section, and is the template where there is one', async () => {
    const card = { '@type': 'MessageCard', '@context': 'https://schema.org/extensions', title: '', summary: '' }
    assert.deepEqual(await bodyOf(connectors, {}), { ...card, text: 'hello' })
    assert.deepEqual(await bodyOf(connectors, { teams: { template: '{"own":true}' } }), { own: true })
  })

  it('has not arrived until the connector answers 1', async () => {
    const throttled = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429'
    assert.equal((await failure(connectors, { body: throttled })).retry, true)
    assert.equal((await failure(connectors, { body: 'Summary or Text is required.' })).retry, false)
  })

  it('goes to recipients of the configuration only', async () => {
    const error = await failure({ ...connectors, recipient: 'elsewhere' })
    assert.deepEqual([error.retry, error.status], [false, undefined])
    assert.match(error.message, /recipientUrls: no webhook for the recipient elsewhere/)
  })

  it('is not sent with facts that are no JSON', async () => {
    const notification = notificationOf({ teams: { facts: 'Revision: 7' } })
    assert.match((await failure({ ...connectors, notification })).message, /teams\.facts: the rendered text is no JSON/)
  })
})

describe('a message to a workflow of Microsoft Teams', () => {
  it('is a card of the message where there is no section', async () => {
    const content = { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text: 'hello', wrap: true }] }
    const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }]
    assert.deepEqual(await bodyOf(workflows, {}), { type: 'message', attachments })
  })

  it('carries the card of the template as it is, or the whole of an own message', async () => {
    const card = { type: 'AdaptiveCard', version: '1.5', body: [], unknown: { kept: true } }
    const carried = {
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    }
    const own = { adaptiveCard: JSON.stringify(card), template: '{"never":1}' }
    assert.deepEqual(await bodyOf(workflows, { 'teams-workflows': own }), carried)
    assert.deepEqual(await bodyOf(workflows, { 'teams-workflows': { template: '{"own":true}' } }), { own: true })
  })

  it('goes to addresses of workflows only, by https', async () => {
    const to = (url: string): ServiceContract => ({
      ...workflows,
      config: () => ({ recipientUrls: { releases: url } }),
    })
    const plain = await failure(to('http://flow.microsoft.com/secret-hook'))
    assert.match(plain.message, /recipientUrls\.releases: must be a URL that begins with https/)
    const other = await failure(to('https://shop.example/secret-hook'))
    assert.match(other.message, /is no address of a workflow/)
    assert.ok(!`${plain.message}${other.message}`.includes('secret-hook'))
  })
})
