import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import { AwsError } from '../../providers/aws/aws-error.ts'
import { awsEndpoint } from '../../providers/aws/endpoint.ts'
import { awsKeys, awsRegion } from '../../providers/aws/keys.ts'
import { type AwsKeys, signRequest } from '../../providers/aws/sigv4.ts'
import { fields, optionalText, textMap } from './fields.ts'
import { ask, readAnswer, refusal } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceContext, ServiceKind } from './service.ts'

const config = fields({
  queue: optionalText,
  account: optionalText,
  region: optionalText,
  endpointUrl: optionalText,
  key: optionalText,
  secret: optionalText,
})
const section = fields({ messageAttributes: textMap.optional(), messageGroupId: optionalText })

type Config = z.output<typeof config>
type Section = z.output<typeof section>

const who = 'Amazon SQS'
const urlSchema = z.object({ QueueUrl: z.string().min(1) })
const sentSchema = z.object({ MessageId: z.string() })
const faultSchema = z.object({ __type: z.string(), message: z.string().optional() })
/** Every message is held back for so long, as the published controller does it. */
const delaySeconds = 10

/** Who asks, and where. */
interface Queues {
  readonly keys: AwsKeys
  readonly region: string
  readonly address: string
}

/** What AWS' keys are called in metrics, and here. */
const ownWords = (error: AwsError): string =>
  error.message
    .replace('authentication.sigv4.accessKey and secretKey', 'key and secret')
    .replaceAll('authentication.sigv4.', '')

const regionOf = async ({ region, endpointUrl }: Config, context: ServiceContext): Promise<string> => {
  if (region !== undefined) return region
  return awsRegion({}, endpointUrl, context).catch((error: unknown) => {
    throw error instanceof AwsError ? new ServiceConfigError(ownWords(error)) : error
  })
}

const keysOf = async ({ key, secret }: Config, region: string, context: ServiceContext): Promise<AwsKeys> => {
  const identity = key && secret ? { accessKey: key, secretKey: secret } : {}
  return awsKeys(identity, region, context).catch((error: unknown) => {
    // The services that hand out keys have their bad moments too.
    throw error instanceof AwsError ? new SendError(ownWords(error), { retry: true }) : error
  })
}

const queuesOf = async (settings: Config, context: ServiceContext): Promise<Queues> => {
  const region = await regionOf(settings, context)
  const keys = await keysOf(settings, region, context)
  context.secrets.hide(keys.secretAccessKey)
  if (keys.sessionToken) context.secrets.hide(keys.sessionToken)
  const { env } = context.surroundings
  return { keys, region, address: settings.endpointUrl ?? awsEndpoint({ id: 'SQS', host: 'sqs' }, region, env) }
}

/** What AWS' JSON protocol says about a fault; proxies in between say it in HTML. */
const reasonOf = ({ text }: NetResponse): string => {
  try {
    const { __type: type, message = '' } = faultSchema.parse(JSON.parse(text))
    return `${type.replace(/^.*#/, '')} ${message}`
  } catch {
    return text
  }
}

const call = async <Value>(
  action: string,
  body: Json,
  schema: z.ZodType<Value>,
  { keys, region, address }: Queues,
  context: ServiceContext,
): Promise<Value> => {
  const unsigned = {
    method: 'POST',
    url: `${address.replace(/\/+$/, '')}/`,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body: JSON.stringify(body),
    timeoutMs: 0,
  }
  const { url, headers = {} } = signRequest(unsigned, keys, { region, service: 'sqs', now: context.clock.now() })
  const response = await ask({ url, headers, text: unsigned.body }, who, context)
  if (response.status !== 200) throw refusal(who, response, context, reasonOf(response))
  return readAnswer(response, schema, who, context)
}

const attributesOf = (attributes: Readonly<Record<string, string>> = {}): Json =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  )

const messageOf = ({ message, section: own }: OwnNotification<Section>, queue: string): Json => {
  const { messageGroupId, messageAttributes } = own ?? {}
  return {
    QueueUrl: queue,
    MessageBody: message,
    ...(messageAttributes && { MessageAttributes: attributesOf(messageAttributes) }),
    // Queues that keep the order take no delay of single messages (Amazon SQS, SendMessage).
    ...(messageGroupId ? { MessageGroupId: messageGroupId } : { DelaySeconds: delaySeconds }),
  }
}

/** Amazon SQS; the recipient is the name of a queue, or empty for that of the configuration (Amazon SQS API, SendMessage). */
export const awsSqs: ServiceKind<Config, Section> = {
  type: 'awssqs',
  config,
  section: { key: 'awssqs', schema: section },
  secrets: ({ secret }) => [secret],
  send: async (settings, notification, { recipient }, context) => {
    const name = recipient || settings.queue
    if (name === undefined) throw new ServiceConfigError('queue: must be set, or named by the subscription')
    const queues = await queuesOf(settings, context)
    const question = { QueueName: name, ...(settings.account && { QueueOwnerAWSAccountId: settings.account }) }
    const { QueueUrl: url } = await call('GetQueueUrl', question, urlSchema, queues, context)
    await call('SendMessage', messageOf(notification, url), sentSchema, queues, context)
  },
}
