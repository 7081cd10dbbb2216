import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import { fields, httpUrl, objectList, optionalText, parseJsonField, requiredText } from './fields.ts'
import { ask, below, readAnswer, refusal, send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceContext, ServiceKind } from './service.ts'

const config = fields({
  email: requiredText,
  password: requiredText,
  serverUrl: httpUrl,
  alias: optionalText,
  icon: optionalText,
  avatar: optionalText,
})
const section = fields({ attachments: optionalText })

type Config = z.output<typeof config>

const loginSchema = z.object({ data: z.object({ authToken: z.string().min(1), userId: z.string().min(1) }) })
const postSchema = z.object({ success: z.boolean(), error: z.string().optional() })
const who = 'Rocket.Chat'
/** Sessions last for months by default; one that ended earlier is refused and asked for anew. */
const sessionMs = 3_600_000

const logIn = async ({ email, password, serverUrl }: Config, context: ServiceContext): Promise<string> => {
  const request = {
    url: below(serverUrl, 'api/v1/login'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: new URLSearchParams({ user: email, password }).toString(),
  }
  const { data } = readAnswer(await send(request, who, context), loginSchema, who, context)
  return JSON.stringify({ 'x-auth-token': data.authToken, 'x-user-id': data.userId })
}

const headersSchema = z.record(z.string(), z.string())

const sessionKey = ({ email, password, serverUrl }: Config): string =>
  createHash('sha256')
    .update(JSON.stringify(['rocketchat', email, password, serverUrl]))
    .digest('hex')

const post = async (
  body: Json,
  settings: Config,
  context: ServiceContext,
  isSecondTry = false,
): Promise<NetResponse> => {
  const { sessions } = context.memory
  const key = sessionKey(settings)
  const session = await sessions.get(key, context.clock, async () => ({
    value: await logIn(settings, context),
    expiresAt: context.clock.now() + sessionMs,
  }))
  const headers = headersSchema.parse(JSON.parse(session))
  context.secrets.hide(headers['x-auth-token'] ?? '')
  const response = await ask({ url: below(settings.serverUrl, 'api/v1/chat.postMessage'), headers, body }, who, context)
  if (response.status !== 401) return response
  sessions.forget(key, session)
  return isSecondTry ? response : post(body, settings, context, true)
}

const pictureOf = ({ icon, avatar }: Config): Record<string, string> => {
  if (icon !== undefined && !/^:.+:$/.test(icon))
    throw new ServiceConfigError('icon: must be an emoji such as :rocket:')
  if (avatar !== undefined && !/^https?:$/.test(URL.parse(avatar)?.protocol ?? '')) {
    throw new ServiceConfigError('avatar: must be a URL that begins with http:// or https://')
  }
  return { ...(icon && { emoji: icon }), ...(avatar && { avatar }) }
}

const messageOf = (
  { message, section: own }: OwnNotification<z.output<typeof section>>,
  recipient: string,
  settings: Config,
): Json => {
  const json = own?.attachments
  const attachments = json === undefined ? [] : parseJsonField(objectList, json, 'rocketchat.attachments')
  return {
    // Rooms have ids; channels and users have names with a sign in front.
    [/^[#@]/.test(recipient) ? 'channel' : 'roomId']: recipient,
    text: message,
    ...(settings.alias && { alias: settings.alias }),
    ...pictureOf(settings),
    ...(attachments.length > 0 && { attachments }),
  }
}

/** Rocket.Chat, as a user with a password (Rocket.Chat API, "Login", "Post message"). */
export const rocketChat: ServiceKind<Config, z.output<typeof section>> = {
  type: 'rocketchat',
  config,
  section: { key: 'rocketchat', schema: section },
  secrets: ({ password }) => [password],
  send: async (settings, notification, { recipient }, context) => {
    const response = await post(messageOf(notification, recipient, settings), settings, context)
    if (response.status < 200 || response.status > 299) throw refusal(who, response, context)
    const { success, error } = readAnswer(response, postSchema, who, context)
    if (!success) throw refusal(who, response, context, error)
  },
}
