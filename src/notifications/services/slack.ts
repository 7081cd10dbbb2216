import { createHash } from 'node:crypto'
import * as z from 'zod'
import { fields, flag, httpUrlOr, optionalText, requiredText } from './fields.ts'
import { below, readAnswer, refusal, send } from './http.ts'
import type { SlackThread } from './memory.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { Destination, ServiceContext, ServiceKind } from './service.ts'
import { messageFields, type SlackSection, slackSection } from './slack-message.ts'

const config = fields({
  token: requiredText,
  username: optionalText,
  icon: optionalText,
  apiURL: httpUrlOr('https://slack.com/api/'),
  disableUnfurl: flag,
  insecureSkipVerify: flag,
})

type Config = z.output<typeof config>
type Fields = Readonly<Record<string, string>>

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
})

/** Faults of Slack itself, that it answers with status 200 (Slack Web API, chat.postMessage). */
const passing = new Set(['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable'])

const advice: Readonly<Record<string, string>> = {
  channel_not_found: 'check the name of the channel, and invite the app to it',
  not_in_channel: 'invite the app to the channel',
  is_archived: 'unarchive the channel, or name another one',
  invalid_auth: 'check the token in the Secret',
  not_authed: 'check the token in the Secret',
  token_revoked: 'install the app again, and put its new token into the Secret',
  missing_scope: 'give the app the scope chat:write, and chat:write.customize for a name and an icon of its own',
  invalid_blocks: 'check slack.blocks of the template',
}

const call = async (
  method: string,
  form: Fields,
  { token, apiURL, insecureSkipVerify }: Config,
  context: ServiceContext,
): Promise<SlackThread> => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ token, ...form }).toString()
  const request = { url: below(apiURL, method), headers, text: body, insecure: insecureSkipVerify }
  const response = await send(request, 'Slack', context)
  const { ok, error = 'no reason', channel = '', ts = '' } = readAnswer(response, answerSchema, 'Slack', context)
  if (ok) return { channel, ts }
  const { retryAfterMs, status } = refusal('Slack', response, context)
  const hint = advice[error] === undefined ? '' : `; ${advice[error]}`
  throw new SendError(`Slack answered ${error} to ${method}${hint}`, {
    retry: passing.has(error),
    status,
    retryAfterMs,
  })
}

/** Groups are those of one app in one channel. */
const groupOf = ({ token, apiURL }: Config, recipient: string, groupingKey: string): string =>
  createHash('sha256')
    .update(JSON.stringify([token, apiURL, recipient, groupingKey]))
    .digest('hex')

const update = async (form: Fields, thread: SlackThread, settings: Config, context: ServiceContext): Promise<void> => {
  const { channel, ts } = thread
  await call('chat.update', { ...form, channel, ts, as_user: 'true' }, settings, context)
}

/** After a message was posted, another try would post it again. */
const updateOnce = async (...args: Parameters<typeof update>): Promise<void> => {
  await update(...args).catch((error: unknown) => {
    if (!(error instanceof SendError)) throw error
    throw new SendError(`the message was posted, changing the first one failed: ${error.message}`, { retry: false })
  })
}

const deliver = async (
  form: Fields,
  section: SlackSection | undefined,
  { recipient }: Destination,
  settings: Config,
  context: ServiceContext,
): Promise<void> => {
  const { groupingKey = '', deliveryPolicy = 'Post', notifyBroadcast = false } = section ?? {}
  const group = groupOf(settings, recipient, groupingKey)
  const thread = groupingKey === '' ? undefined : context.memory.slackThreads.get(group)
  if (thread !== undefined && deliveryPolicy === 'Update') return update(form, thread, settings, context)
  const posted = await call(
    'chat.postMessage',
    {
      ...form,
      channel: recipient,
      ...(thread && { thread_ts: thread.ts }),
      ...(notifyBroadcast && { reply_broadcast: 'true' }),
    },
    settings,
    context,
  )
  if (thread !== undefined && deliveryPolicy === 'PostAndUpdate') return updateOnce(form, thread, settings, context)
  if (thread === undefined && groupingKey !== '') context.memory.slackThreads.set(group, posted)
}

/** Slack, by an app's token; incoming webhooks of Slack are served by `webhook`. */
export const slack: ServiceKind<Config, SlackSection> = {
  type: 'slack',
  config,
  section: { key: 'slack', schema: slackSection },
  secrets: ({ token }) => [token],
  send: async (settings, { message, section }, destination, context) => {
    if (destination.recipient === '') throw new ServiceConfigError('slack: the subscription must name a channel')
    await deliver(messageFields(message, section, settings), section, destination, settings, context)
  },
}
