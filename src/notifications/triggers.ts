import { createHash } from 'node:crypto'
import { formatValue } from '../expr/format.ts'
import { evaluateNamed, expressionFault } from '../expr/named-values.ts'
import type { Value } from '../expr/value.ts'
import type { ConfigurationFault, TriggerCondition } from './configuration.ts'
import { variableNames } from './variables.ts'

/** A condition that can be judged. */
export interface Condition {
  /** Names it in what was notified, as published: its position and a hash of its expression. */
  readonly key: string
  /** Empty: always. */
  readonly when: string
  readonly oncePer: string
  /** Names of the templates. */
  readonly send: readonly string[]
}

/** Whether a condition is judged at the event that its trigger is named after. What is told once for a value is not. */
export const firesAtEvents = ({ oncePer }: Condition): boolean => oncePer === ''

/** Whether a condition is told of when it becomes true, as published; one that always holds is not. */
export const firesWhenTrue = ({ when }: Condition): boolean => when !== ''

/** Triggers whose conditions can be judged, and what is wrong with the others. */
export interface Triggers {
  readonly byName: ReadonlyMap<string, readonly Condition[]>
  readonly faults: readonly ConfigurationFault[]
}

/** The hash in keys of conditions: SHA-1 in base64 for addresses, without padding. */
const hash = (text: string): string => createHash('sha1').update(text).digest('base64url')

const faultOf = ({ when = '', oncePer = '', send = [] }: TriggerCondition): string | undefined => {
  if (send.length === 0) return 'send: names no template; expected for example [rollout-completed]'
  if (when === '' && oncePer !== '') return 'oncePer: needs a condition in when, without which every event is sent'
  for (const [field, expression] of Object.entries({ when, oncePer })) {
    const fault = expression === '' ? undefined : expressionFault(expression, variableNames)
    if (fault !== undefined) return `${field}: ${fault}; the names are ${variableNames.join(', ')}`
  }
  return undefined
}

const conditionOf = (index: number, { when = '', oncePer = '', send = [] }: TriggerCondition): Condition => ({
  ...{ key: `[${index}].${hash(when)}`, when, oncePer, send },
})

/** Prepares the triggers of a configuration. */
export const compileTriggers = (configured: ReadonlyMap<string, readonly TriggerCondition[]>): Triggers => {
  const faults: ConfigurationFault[] = []
  const byName = new Map<string, readonly Condition[]>()
  for (const [name, conditions] of configured) {
    const usable = conditions.flatMap((condition, index) => {
      const fault = faultOf(condition)
      if (fault === undefined) return [conditionOf(index, condition)]
      faults.push({ key: `trigger.${name}`, message: `[${index}].${fault}` })
      return []
    })
    byName.set(name, usable)
  }
  return { byName, faults }
}

/** What came of a condition. */
export interface Judgement {
  readonly holds: boolean
  /** What it is told once for, where it is: the value of `oncePer` as text. */
  readonly oncePer?: string
  /** Why it could not be computed, which counts as false: mostly a field that is not there yet. */
  readonly problem?: string
}

/** Judges a condition. As published, it must give true; whatever else it gives is false. `now` gives nanoseconds. */
export const judge = (
  { when, oncePer }: Condition,
  variables: ReadonlyMap<string, Value>,
  now: () => bigint,
): Judgement => {
  if (when === '') return { holds: true }
  const outcome = evaluateNamed(when, variables, now)
  if (!outcome.ok) return { holds: false, problem: `when: ${outcome.message}` }
  if (outcome.value !== true || oncePer === '') return { holds: outcome.value === true }
  const once = evaluateNamed(oncePer, variables, now)
  return once.ok
    ? { holds: true, oncePer: formatValue(once.value) }
    : { holds: true, problem: `oncePer: ${once.message}` }
}

/** Whether a condition asks for the time, so that it may become true while nothing changes. */
export const asksTime = ({ when }: Condition): boolean => /\bnow\s*\(/i.test(when)
