import type { JsonObject } from '../../lib/json.ts'
import type { TriggerCondition } from '../../notifications/configuration.ts'
import { alignTabs } from '../../view/tab-stops.ts'
import type { Invocation } from '../invocation.ts'
import { attempt } from './attempt.ts'
import { chosen } from './chosen.ts'
import { printData } from './print-data.ts'
import { readConfiguration } from './read-configuration.ts'

/** A condition in published order, without what is empty. */
const shown = ({ oncePer, when, description, send }: TriggerCondition): JsonObject => ({
  ...(oncePer && { oncePer }),
  ...(when && { when }),
  ...(description && { description }),
  ...(send && send.length > 0 && { send }),
})

const row = (name: string, { send = [], when = '' }: TriggerCondition): string =>
  `${name}\t${send.join(', ')}\t${when}\n`

/** `notifications trigger get`. */
export const listTriggers = async (invocation: Invocation): Promise<void> => {
  const compiled = await attempt(invocation, 'failed to get api', () => readConfiguration(invocation))
  if (compiled === undefined) return
  const triggers = chosen(compiled.config.triggers, invocation.args)
  const format = invocation.options.text('output') || 'wide'
  if (format !== 'wide') {
    const items = triggers.map(([name, conditions]) => [name, conditions.map(shown)])
    return printData(invocation, Object.fromEntries(items), format)
  }
  const rows = triggers.flatMap(([name, conditions]) =>
    conditions.map((condition, index) => row(index === 0 ? name : '', condition)),
  )
  invocation.context.out.write(alignTabs(`NAME\tTEMPLATE\tCONDITION\n${rows.join('')}`))
}
