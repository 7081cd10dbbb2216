import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import { closedHost, surroundingsOf } from '../../../../src/providers/surroundings.ts'
import type { Answer, SeenRequest } from '../../../builders/answering-server.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendContext,
  sendErrorOf,
  sendTo,
} from '../../../builders/service-contract.ts'

const bodyOf = (request: SeenRequest | undefined): Json => JSON.parse(request?.body ?? 'null')
const failure = (contract: ServiceContract, answer: Answer = contract.good) =>
  sendErrorOf(sendTo(contract, answer).then(() => {}))

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123/releases'
const findQueue = ({ headers }: SeenRequest): Answer | undefined =>
  headers['x-amz-target'] === 'AmazonSQS.GetQueueUrl' ? { body: JSON.stringify({ QueueUrl: queueUrl }) } : undefined

const sqs: ServiceContract = {
  type: 'awssqs',
  config: (address) => ({
    ...{ queue: 'not-this-one', region: 'eu-central-1', account: '123', endpointUrl: `${address}/` },
    ...{ key: 'AKIDEXAMPLE', secret: 'aws-secret-key' },
  }),
  recipient: 'releases',
  notification: notificationOf({ awssqs: { messageAttributes: { app: 'shop' } } }),
  good: { body: '{"MessageId":"m"}' },
  before: findQueue,
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    const { 'x-amz-target': target, 'content-type': type, authorization } = request?.headers ?? {}
    assert.deepEqual([request?.method, request?.url, target], ['POST', '/', 'AmazonSQS.SendMessage'])
    assert.equal(type, 'application/x-amz-json-1.0')
    assert.match(authorization ?? '', /Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sqs\/aws4_request/)
    assert.deepEqual(bodyOf(request), {
      ...{ QueueUrl: queueUrl, MessageBody: 'Rollout shop is complete', DelaySeconds: 10 },
      MessageAttributes: { app: { DataType: 'String', StringValue: 'shop' } },
    })
  },
  hidden: [],
  timeLimitMs: 10_000,
  readsAnswer: true,
}

const topic = 'projects/shop-1/topics/releases'

const pubSub: ServiceContract = {
  type: 'gcppubsub',
  config: () => ({ project: 'shop-1', topic: 'not-this-one' }),
  surroundings: (address) => surroundingsOf(closedHost({ PUBSUB_EMULATOR_HOST: new URL(address).host })),
  recipient: 'releases',
  notification: notificationOf({ gcppubsub: { attributes: { app: 'shop' } } }),
  good: { body: '{"messageIds":["1"]}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', `/v1/${topic}:publish`])
    const data = Buffer.from('Rollout shop is complete').toString('base64')
    assert.deepEqual(bodyOf(request), { messages: [{ data, attributes: { app: 'shop' } }] })
  },
  hidden: [],
  timeLimitMs: 10_000,
  readsAnswer: true,
}

describeServiceContract(sqs)
describeServiceContract(pubSub)

describe('a message in Amazon SQS', () => {
  it('asks for the queue of the configuration where the subscription names none', async () => {
    const requests: SeenRequest[] = []
    const before = (request: SeenRequest): Answer | undefined => {
      if (findQueue(request) !== undefined) requests.push(request)
      return findQueue(request)
    }
    await sendTo({ ...sqs, recipient: '', before }, sqs.good)
    assert.deepEqual(bodyOf(requests[0]), { QueueName: 'not-this-one', QueueOwnerAWSAccountId: '123' })
  })

  it('belongs to a group in queues that keep the order, which take no delay', async () => {
    const notification = notificationOf({ awssqs: { messageGroupId: 'shop' } }, 'hello')
    const [request] = await sendTo({ ...sqs, notification }, sqs.good)
    assert.deepEqual(bodyOf(request), { QueueUrl: queueUrl, MessageBody: 'hello', MessageGroupId: 'shop' })
  })

  it('says what AWS says', async () => {
    const body = '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}'
    const error = await failure({ ...sqs, before: () => undefined }, { status: 400, body })
    assert.equal(error.retry, false)
    assert.match(error.message, /answered 400: QueueDoesNotExist The specified queue does not exist\./)
  })

  it('is sent by the region and the keys of the controller where the configuration has none', async () => {
    const env = { AWS_REGION: 'us-east-2', AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'secret-of-env' }
    const own = { ...sqs, config: (endpointUrl: string) => ({ endpointUrl }) }
    const [request] = await sendTo({ ...own, surroundings: () => surroundingsOf(closedHost(env)) }, sqs.good)
    assert.match(request?.headers.authorization ?? '', /Credential=AKIDENV\/\d{8}\/us-east-2\//)
    const { message, retry } = await failure(own)
    assert.match(message, /no AWS region: set region, or AWS_REGION for the controller$/)
    assert.equal(retry, false)
  })

  it('needs a queue', async () => {
    const error = await failure({ ...sqs, recipient: '', config: () => ({ region: 'eu-central-1' }) })
    assert.match(error.message, /queue: must be set/)
  })
})

describe('a message in Google Pub/Sub', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const account = {
    ...{ type: 'service_account', client_email: 'shop@shop-1.example', private_key: pem },
    token_uri: 'https://oauth2.example/token',
  }

  it('is sent with the token of the key file', async () => {
    const asked: { url: string; body: string; authorization: string }[] = []
    const net = {
      fetch: async ({ url, body = '', headers }: { url: string; body?: string; headers?: Record<string, string> }) => {
        asked.push({ url, body, authorization: headers?.authorization ?? '' })
        const isToken = url === account.token_uri
        const text = isToken ? '{"access_token":"pubsub-token","expires_in":3600}' : '{"messageIds":["1"]}'
        return { status: 200, headers: {}, text }
      },
    }
    const surroundings = surroundingsOf(closedHost({}, { '/key.json': JSON.stringify(account) }))
    const raw = { project: 'shop-1', topic: 'releases', keyFile: '/key.json' }
    const service = createService('gcppubsub', raw, 'service.gcppubsub')
    await service.send(notificationOf(), { service: 'gcppubsub', recipient: '' }, sendContext({ net, surroundings }))
    const [token, publish] = asked
    const [, claims = ''] = (new URLSearchParams(token?.body).get('assertion') ?? '').split('.')
    const { scope } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    assert.equal(scope, 'https://www.googleapis.com/auth/pubsub')
    assert.equal(publish?.url, `https://pubsub.googleapis.com/v1/${topic}:publish`)
    assert.equal(publish?.authorization, 'Bearer pubsub-token')
  })

  it('says which file it cannot read, and which topic is missing', async () => {
    const own = { ...pubSub, surroundings: () => surroundingsOf(closedHost()) }
    const missing = await failure({ ...own, config: () => ({ project: 'p', topic: 't', keyFile: '/none.json' }) })
    assert.match(missing.message, /reading keyFile from \/none\.json failed: check the mounted volume/)
    const noTopic = await failure({ ...own, recipient: '', config: () => ({ project: 'p' }) })
    assert.match(noTopic.message, /topic: must be set/)
  })
})
