import type { StoredObject } from '../../kube/informer.ts'
import { formatNotification } from '../../notifications/services/console.ts'
import { newMemory } from '../../notifications/services/memory.ts'
import { createService } from '../../notifications/services/registry.ts'
import type { Destination, Notification } from '../../notifications/services/service.ts'
import { variablesOf } from '../../notifications/variables.ts'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'
import { attempt } from './attempt.ts'
import { type Compiled, readConfiguration } from './read-configuration.ts'
import { readResource } from './read-resource.ts'

/** The recipient that prints. */
const consoleService = 'console'

/** What to send, of what, and to whom (`<service>:<recipient>`). */
interface Order {
  readonly template: string
  readonly resource: string
  readonly recipients: readonly string[]
}

const destinationOf = (recipient: string): Destination => {
  const [service = '', to = ''] = recipient.split(':')
  return { service, recipient: to }
}

const render = (
  { context }: Invocation,
  { config, templates }: Compiled,
  rollout: StoredObject,
  name: string,
  destination: Destination,
): Notification => {
  if (!config.templates.has(name)) throw new CommandError(`template '${name}' is not supported`)
  const nowMs = context.clock.now()
  const variables = variablesOf({ rollout, analysisRuns: [], nowMs }, config)
  return templates.render([name], variables, destination, { now: () => nowMs, random: context.random })
}

const serviceOf = ({ config: { services, secrets } }: Compiled, { service }: Destination) => {
  const configured = services.get(service)
  if (configured === undefined) throw new CommandError(`notification service '${service}' is not supported`)
  const { type, name, options } = configured
  const key = name === type ? `service.${type}` : `service.${type}.${name}`
  return createService(type, options, key, Object.values(secrets))
}

const send = async (
  invocation: Invocation,
  compiled: Compiled,
  rollout: StoredObject,
  name: string,
  destination: Destination,
): Promise<void> => {
  const { context } = invocation
  if (destination.service === consoleService) {
    context.out.write(formatNotification(render(invocation, compiled, rollout, name, destination)))
    return
  }
  const service = serviceOf(compiled, destination)
  const notification = render(invocation, compiled, rollout, name, destination)
  const { clock, signal } = context
  await service.send(notification, destination, { ...(await context.outside()), clock, signal, memory: newMemory() })
}

/** `notifications template notify`: the first recipient that cannot be told ends it. */
export const notifyRecipients = async (invocation: Invocation, { template, resource, recipients }: Order) => {
  const compiled = await attempt(invocation, 'failed to create API', () => readConfiguration(invocation))
  if (compiled === undefined) return
  const rollout = await attempt(invocation, 'failed to load resource', () => readResource(invocation, resource))
  if (rollout === undefined) return
  for (const recipient of recipients) {
    const sent = await attempt(invocation, `failed to notify '${recipient}'`, async () => {
      await send(invocation, compiled, rollout, template, destinationOf(recipient))
      return true
    })
    if (sent === undefined) return
  }
}
