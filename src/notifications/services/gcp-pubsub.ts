import * as z from 'zod'
import { controllerIdentity, identityOfFile } from '../../providers/google-cloud-monitoring/identity.ts'
import { ProviderError } from '../../providers/provider-error.ts'
import { fields, optionalText, requiredText, textMap } from './fields.ts'
import { bearerHeader, below, readAnswer, send } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { ServiceContext, ServiceKind } from './service.ts'

const config = fields({ project: requiredText, topic: optionalText, keyFile: optionalText })
const section = fields({ attributes: textMap.optional() })

type Config = z.output<typeof config>

const who = 'Google Pub/Sub'
const scope = 'https://www.googleapis.com/auth/pubsub'
const answerSchema = z.object({ messageIds: z.array(z.string()).min(1) })

const tokenOf = async ({ keyFile }: Config, context: ServiceContext): Promise<string> => {
  const identity = keyFile ? identityOfFile(keyFile, 'keyFile', scope, context) : controllerIdentity(scope, context)
  const { token } = await identity.catch((error: unknown) => {
    // Who hands out tokens has bad moments too.
    throw error instanceof ProviderError ? new SendError(error.message, { retry: true }) : error
  })
  context.secrets.hide(token)
  return token
}

/** The emulator of Google's own libraries, which asks nobody who they are. */
const serverOf = async (settings: Config, context: ServiceContext) => {
  const emulator = context.surroundings.env.PUBSUB_EMULATOR_HOST
  if (emulator) return { address: `http://${emulator}`, headers: {} }
  return { address: 'https://pubsub.googleapis.com', headers: bearerHeader(await tokenOf(settings, context)) }
}

/** Google Cloud Pub/Sub; the recipient is a topic, or empty for that of the configuration (Pub/Sub API, projects.topics.publish). */
export const gcpPubSub: ServiceKind<Config, z.output<typeof section>> = {
  type: 'gcppubsub',
  config,
  section: { key: 'gcppubsub', schema: section },
  secrets: () => [],
  send: async (settings, { message, section: own }, { recipient }, context) => {
    const topic = recipient || settings.topic
    if (topic === undefined) throw new ServiceConfigError('topic: must be set, or named by the subscription')
    const { address, headers } = await serverOf(settings, context)
    const path = `v1/projects/${encodeURIComponent(settings.project)}/topics/${encodeURIComponent(topic)}:publish`
    const entry = {
      data: Buffer.from(message).toString('base64'),
      ...(own?.attributes && { attributes: own.attributes }),
    }
    const response = await send({ url: below(address, path), headers, body: { messages: [entry] } }, who, context)
    readAnswer(response, answerSchema, who, context)
  },
}
