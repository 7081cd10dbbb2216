import * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { parseYaml, YamlError } from '../../lib/yaml.ts'
import { fields, flag, objectList, optionalText, parseFields, textMap } from './fields.ts'
import { addressSecrets, readAnswer, refusal, send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceKind } from './service.ts'

const config = fields({ webhooks: textMap.optional().default({}), insecureSkipVerify: flag })

const section = fields({ cards: optionalText, cardsV2: optionalText, threadKey: optionalText })

type Section = z.output<typeof section>

const answerSchema = z.object({
  error: z.object({ code: z.number(), message: z.string().optional(), status: z.string().optional() }).optional(),
})

const cardsIn = (field: 'cards' | 'cardsV2', own: Section | undefined): Json[] => {
  const yaml = own?.[field]
  if (yaml === undefined) return []
  try {
    return parseFields(objectList, parseYaml(yaml), `googlechat.${field}`)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new ServiceConfigError(`googlechat.${field}: the rendered text is no YAML: ${error.message}`)
  }
}

/** Google Chat API, Message: text, or cards. An id tells the cards of one message apart. */
const messageOf = ({ message, section: own }: OwnNotification<Section>): Json => {
  const cards = cardsIn('cards', own)
  const cardsV2 = cardsIn('cardsV2', own).map((card, index) => ({ cardId: `card-${index + 1}`, card }))
  if (cards.length + cardsV2.length === 0) return { text: message }
  return { ...(cards.length > 0 && { cards }), ...(cardsV2.length > 0 && { cardsV2 }) }
}

const inThread = (address: string, threadKey: string | undefined): string => {
  const url = URL.parse(address)
  if (url === null) throw new ServiceConfigError('webhooks: must hold URLs that begin with https://')
  if (threadKey === undefined) return address
  url.searchParams.set('threadKey', threadKey)
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD')
  return url.href
}

/** Google Chat by webhooks of spaces. */
export const googleChat: ServiceKind<z.output<typeof config>, Section> = {
  type: 'googlechat',
  config,
  section: { key: 'googlechat', schema: section },
  secrets: ({ webhooks }) => Object.values(webhooks).flatMap(addressSecrets),
  send: async ({ webhooks, insecureSkipVerify }, notification, { recipient }, context) => {
    const address = webhooks[recipient]
    if (address === undefined) throw new ServiceConfigError(`webhooks: no webhook for the recipient ${recipient}`)
    const url = inThread(address, notification.section?.threadKey)
    const body = messageOf(notification)
    const response = await send({ url, body, insecure: insecureSkipVerify }, 'Google Chat', context)
    const { error } = readAnswer(response, answerSchema, 'Google Chat', context)
    if (error === undefined) return
    const { code, status = '', message = '' } = error
    throw refusal('Google Chat', { ...response, status: code }, context, `${status} ${message}`)
  },
}
