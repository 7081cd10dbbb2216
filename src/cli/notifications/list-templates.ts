import { byteLength, sliceBytes } from '../../lib/go-string.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { NotificationTemplate } from '../../notifications/configuration.ts'
import { printedNotification } from '../../notifications/services/console.ts'
import { alignTabs } from '../../view/tab-stops.ts'
import type { Invocation } from '../invocation.ts'
import { attempt } from './attempt.ts'
import { chosen } from './chosen.ts'
import { goJson, printData } from './print-data.ts'
import { inPublishedOrder } from './published-order.ts'
import { readConfiguration } from './read-configuration.ts'

/** Bytes of a preview; a longer one ends in dots, one byte earlier. */
const longestPreview = 100

const shown = ({ message = '', sections }: NotificationTemplate): JsonObject =>
  printedNotification({ message, sections })

/** The first line of the message, or else of everything. */
const previewOf = (template: NotificationTemplate): string => {
  const whole = template.message || goJson(inPublishedOrder(shown(template)), 0)
  const line = whole.split('\n')[0] ?? ''
  return byteLength(line) > longestPreview ? `${sliceBytes(line, 0, longestPreview - 1).toWellFormed()}...` : line
}

/** `notifications template get`. */
export const listTemplates = async (invocation: Invocation): Promise<void> => {
  const compiled = await attempt(invocation, 'failed to get api', () => readConfiguration(invocation))
  if (compiled === undefined) return
  const templates = chosen(compiled.config.templates, invocation.args)
  const format = invocation.options.text('output') || 'wide'
  if (format !== 'wide') {
    const items = templates.map(([name, template]) => [name, inPublishedOrder(shown(template))])
    return printData(invocation, Object.fromEntries(items), format)
  }
  const rows = templates.map(([name, template]) => `${name}\t${previewOf(template)}\n`)
  invocation.context.out.write(alignTabs(`NAME\tPREVIEW\n${rows.join('')}`))
}
