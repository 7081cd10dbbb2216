import type { Json, JsonObject } from '../../lib/json.ts'
import { isJsonObject } from '../../lib/json-value.ts'

/** What an adaptive card is made of; lists as the message cards of connectors have them. */
export interface CardContent {
  readonly title: string | undefined
  readonly text: string
  /** The name of a colour of adaptive cards: Good, Warning, Attention, Accent. */
  readonly color: string | undefined
  readonly facts: readonly JsonObject[]
  readonly sections: readonly JsonObject[]
  readonly potentialAction: readonly JsonObject[]
}

const factSet = (facts: readonly Json[]): Json[] => {
  const named = facts.filter(isJsonObject).flatMap(({ name, value = '' }) => {
    if (typeof name !== 'string') return []
    return [{ title: name, value: typeof value === 'string' ? value : JSON.stringify(value) }]
  })
  return named.length === 0 ? [] : [{ type: 'FactSet', facts: named }]
}

/** Of the actions of message cards, opening an address is the one that adaptive cards have too. */
const openUrl = ({ '@type': type, name, targets }: JsonObject): Json[] => {
  const [target] = Array.isArray(targets) ? targets : []
  if (type !== 'OpenUri' || !isJsonObject(target) || typeof target.uri !== 'string') return []
  return [{ type: 'Action.OpenUrl', ...(typeof name === 'string' && { title: name }), url: target.uri }]
}

/** An adaptive card of version 1.4 (Microsoft, "Adaptive Cards schema explorer"), laid out as the published controller does it. */
export const adaptiveCard = ({ title, text, color, facts, sections, potentialAction }: CardContent): Json => {
  const heading = { type: 'TextBlock', text: title ?? '', size: 'Large', weight: 'Bolder', ...(color && { color }) }
  const actions = potentialAction.flatMap(openUrl)
  return {
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...(title === undefined ? [] : [{ ...heading, wrap: true }]),
      ...(text === '' ? [] : [{ type: 'TextBlock', text, wrap: true }]),
      ...factSet([...facts]),
      ...sections.flatMap((section) => (Array.isArray(section.facts) ? factSet(section.facts) : [])),
    ],
    ...(actions.length > 0 && { actions }),
  }
}

/** The message that carries a card to a workflow; the summary is what lists of messages show. */
export const cardMessage = (card: Json, summary?: string): Json => ({
  type: 'message',
  ...(summary && { summary }),
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
})
