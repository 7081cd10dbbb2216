import type * as z from 'zod'
import { fields, flag, objectList, optionalText, parseJsonField, text } from './fields.ts'
import { ServiceConfigError } from './send-error.ts'

/** How a message of a group comes after the first one: as another message, as a change of the first, or as both. */
const deliveryPolicy = text.transform((policy) => (policy === 'PostAndUpdate' || policy === 'Update' ? policy : 'Post'))

/** The section `slack` of a template. */
export const slackSection = fields({
  username: optionalText,
  icon: optionalText,
  attachments: optionalText,
  blocks: optionalText,
  groupingKey: text,
  notifyBroadcast: flag,
  deliveryPolicy,
})

export type SlackSection = z.output<typeof slackSection>

/** What a service says for all its messages. */
export interface SlackDefaults {
  readonly username?: string | undefined
  readonly icon?: string | undefined
  readonly disableUnfurl: boolean
}

const iconField = (icon: string): Record<string, string> => {
  if (/^:.+:$/.test(icon)) return { icon_emoji: icon }
  if (/^https?:$/.test(URL.parse(icon)?.protocol ?? '')) return { icon_url: icon }
  throw new ServiceConfigError(`slack.icon: ${icon} is neither an emoji such as :rocket: nor the URL of an image`)
}

/** An empty list takes away what a message had before (Slack Web API, chat.update); without it, that would stay. */
const listOf = (name: 'attachments' | 'blocks', { [name]: json }: SlackSection): string =>
  json === undefined ? '[]' : JSON.stringify(parseJsonField(objectList, json, `slack.${name}`))

/**
 * The fields of a message as chat.postMessage and chat.update take them (Slack Web API), but for channel and thread. Throws
 * {@link ServiceConfigError} for blocks or attachments that are no JSON.
 */
export const messageFields = (
  message: string,
  section: SlackSection | undefined,
  defaults: SlackDefaults,
): Record<string, string> => {
  const username = section?.username ?? defaults.username
  const icon = section?.icon ?? defaults.icon
  return {
    text: message,
    ...(username && { username }),
    ...(icon && iconField(icon)),
    ...(section && { attachments: listOf('attachments', section), blocks: listOf('blocks', section) }),
    ...(defaults.disableUnfurl && { unfurl_links: 'false', unfurl_media: 'false' }),
  }
}
