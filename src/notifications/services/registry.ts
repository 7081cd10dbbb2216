import type { Json } from '../../lib/json.ts'
import { alertmanager } from './alertmanager.ts'
import { awsSqs } from './aws-sqs.ts'
import { type Bind, bind } from './bind.ts'
import { email } from './email.ts'
import { gcpPubSub } from './gcp-pubsub.ts'
import { github } from './github.ts'
import { googleChat } from './google-chat.ts'
import { grafana } from './grafana.ts'
import { mattermost } from './mattermost.ts'
import { nats } from './nats.ts'
import { newRelic } from './new-relic.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerDuty } from './pager-duty.ts'
import { pagerDutyV2 } from './pager-duty-v2.ts'
import { pushover } from './pushover.ts'
import { rocketChat } from './rocket-chat.ts'
import { ServiceConfigError } from './send-error.ts'
import type { Service } from './service.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { teamsWorkflows } from './teams-workflows.ts'
import { telegram } from './telegram.ts'
import { webex } from './webex.ts'
import { webhook } from './webhook.ts'

/** Every kind of service by its `type`. */
const kinds: Readonly<Record<string, Bind>> = {
  [alertmanager.type]: bind(alertmanager),
  [awsSqs.type]: bind(awsSqs),
  [email.type]: bind(email),
  [gcpPubSub.type]: bind(gcpPubSub),
  [github.type]: bind(github),
  [googleChat.type]: bind(googleChat),
  [grafana.type]: bind(grafana),
  [mattermost.type]: bind(mattermost),
  [nats.type]: bind(nats),
  [newRelic.type]: bind(newRelic),
  [opsgenie.type]: bind(opsgenie),
  [pagerDuty.type]: bind(pagerDuty),
  [pagerDutyV2.type]: bind(pagerDutyV2),
  [pushover.type]: bind(pushover),
  [rocketChat.type]: bind(rocketChat),
  [slack.type]: bind(slack),
  [teams.type]: bind(teams),
  [teamsWorkflows.type]: bind(teamsWorkflows),
  [telegram.type]: bind(telegram),
  [webex.type]: bind(webex),
  [webhook.type]: bind(webhook),
}

/** The types that a key `service.<type>` may have. */
export const serviceTypes: readonly string[] = Object.keys(kinds)

/**
 * A service of the ConfigMap, its `$key` references resolved already. Throws {@link ServiceConfigError} that names the key and the fields
 * that are wrong.
 * @param type the part after `service.`
 * @param raw the value of the key, parsed as YAML
 * @param key the whole key for messages: `service.slack.workspace1`
 * @param secrets values of the Secret that the configuration, or a template, refers to: they are hidden in every message
 */
export const createService = (
  type: string,
  raw: Json | undefined,
  key: string,
  secrets: readonly string[] = [],
): Service => {
  const bindKind = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (bindKind === undefined) {
    throw new ServiceConfigError(
      `${key}: there is no service of the type ${type}; known are ${serviceTypes.join(', ')}`,
    )
  }
  return bindKind(raw, key, secrets)
}
