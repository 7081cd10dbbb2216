import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import { fields, requiredText } from './fields.ts'
import { ask, refusal } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { ServiceContext, ServiceKind } from './service.ts'

const config = fields({ token: requiredText })

const faultSchema = z.object({
  description: z.string(),
  parameters: z.object({ retry_after: z.number() }).optional(),
})

/** Names of channels begin with a letter; numbers are ids of chats, those of groups below zero, `|` parts a thread of the group. */
const chatOf = (recipient: string): Record<string, string> => {
  const [, chat, thread] = /^(-?\d+)(?:\|(\d+))?$/.exec(recipient) ?? []
  if (chat !== undefined) return { chat_id: chat, ...(thread && { message_thread_id: thread }) }
  if (/^@?\w+$/.test(recipient)) return { chat_id: `@${recipient.replace(/^@/, '')}` }
  throw new ServiceConfigError(`telegram: ${recipient} is neither the name of a channel nor the id of a chat`)
}

/** Telegram says in the answer how long to wait (Telegram Bot API, ResponseParameters). */
const faultOf = (response: NetResponse, context: ServiceContext): SendError => {
  let fault: z.output<typeof faultSchema>
  try {
    fault = faultSchema.parse(JSON.parse(response.text))
  } catch {
    return refusal('Telegram', response, context)
  }
  const { message, retry, status, retryAfterMs } = refusal('Telegram', response, context, fault.description)
  const waitMs = fault.parameters && fault.parameters.retry_after * 1000
  return new SendError(message, { retry, status, retryAfterMs: waitMs ?? retryAfterMs })
}

/** Telegram by a bot's token; messages are in its Markdown (Telegram Bot API, sendMessage). */
export const telegram: ServiceKind<z.output<typeof config>, never> = {
  type: 'telegram',
  config,
  secrets: ({ token }) => [token],
  send: async ({ token }, { message }, { recipient }, context) => {
    const body = { ...chatOf(recipient), text: message, parse_mode: 'Markdown' }
    const request = { url: `https://api.telegram.org/bot${encodeURI(token)}/sendMessage`, body }
    const response = await ask(request, 'Telegram', context)
    if (response.status < 200 || response.status > 299) throw faultOf(response, context)
  },
}
