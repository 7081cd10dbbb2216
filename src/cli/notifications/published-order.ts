import type { Json, JsonObject } from '../../lib/json.ts'
import { isJsonObject } from '../../lib/json-value.ts'

/** The fields of an object in the order in which the published plugin prints them in JSON, with the orders of objects inside. */
interface Order {
  readonly fields: readonly string[]
  readonly inside?: Readonly<Record<string, Order>>
  /** The order of all members, where their names are the user's. */
  readonly each?: Order
}

const words = (text: string): readonly string[] => text.split(' ')

const github: Order = {
  fields: words('status deployment pullRequestComment repoURLPath revisionPath checkRun repositoryDispatch'),
  inside: {
    status: { fields: words('state label targetURL') },
    deployment: {
      fields: words(
        'state environment environmentURL logURL requiredContexts autoMerge transientEnvironment reference',
      ),
    },
    pullRequestComment: { fields: words('content commentTag') },
    checkRun: {
      fields: words('name details_url status conclusion started_at completed_at output'),
      inside: { output: { fields: words('title summary text') } },
    },
  },
}

const card = words('template title summary text themeColor facts sections potentialAction adaptiveCard')

/** Source: the declaration order of the notification types of the published engine (`pkg/services`), which Go's encoder follows. */
const notification: Order = {
  fields: words(
    'message awssqs gcppubsub email slack mattermost rocketchat teams teams-workflows webhook opsgenie github alertmanager googlechat pagerduty pagerdutyv2 newrelic',
  ),
  inside: {
    awssqs: { fields: words('messageAttributes messageGroupId') },
    email: { fields: words('subject body') },
    slack: { fields: words('username icon attachments blocks groupingKey notifyBroadcast deliveryPolicy') },
    teams: { fields: card },
    'teams-workflows': { fields: card },
    webhook: { fields: [], each: { fields: words('method body path') } },
    opsgenie: {
      fields: words('description priority alias note actions tags details entity visibleTo user'),
    },
    github,
    alertmanager: { fields: words('labels annotations generatorURL startsAt') },
    googlechat: { fields: words('cards cardsV2 threadKey') },
    pagerduty: { fields: words('title body urgency priorityId') },
    pagerdutyv2: { fields: words('summary severity source component group class url dedupKey') },
    newrelic: { fields: words('revision changelog description user') },
  },
}

const ordered = (value: Json, order: Order | undefined): Json => {
  if (!isJsonObject(value) || order === undefined) return value
  const place = (key: string): number => {
    const at = order.fields.indexOf(key)
    return at === -1 ? order.fields.length : at
  }
  const members = Object.entries(value).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
  return Object.fromEntries(
    members.map(([key, member]) => [key, ordered(member ?? null, order.inside?.[key] ?? order.each)]),
  )
}

/** A template or a notification with its fields in published order. */
export const inPublishedOrder = (value: JsonObject): Json => ordered(value, notification)
