import { judge } from '../../notifications/triggers.ts'
import { nanoseconds, variablesOf } from '../../notifications/variables.ts'
import { alignTabs } from '../../view/tab-stops.ts'
import type { Invocation } from '../invocation.ts'
import { attempt } from './attempt.ts'
import { readConfiguration } from './read-configuration.ts'
import { readResource } from './read-resource.ts'

/** `notifications trigger run`. */
export const evaluateTrigger = async (invocation: Invocation, name: string, resource: string): Promise<void> => {
  const { context, log } = invocation
  const compiled = await attempt(invocation, 'failed to get api', () => readConfiguration(invocation))
  if (compiled === undefined) return
  const { config, triggers } = compiled
  const conditions = triggers.get(name)
  if (conditions === undefined) {
    const names = [...triggers.keys()].sort().join(', ')
    context.err.write(`trigger with name '${name}' does not exist (found ${names})\n`)
    return
  }
  const rollout = await attempt(invocation, 'failed to load resource', () => readResource(invocation, resource))
  if (rollout === undefined) return
  const nowMs = context.clock.now()
  const variables = variablesOf({ rollout, analysisRuns: [], nowMs }, config)
  const rows = conditions.map((condition) => {
    const { holds, problem } = judge(condition, variables, () => nanoseconds(nowMs))
    if (problem !== undefined) log.error(`failed to execute condition: ${problem}`)
    // As published: a condition that is not there never holds, although its trigger is sent at every event.
    return `${condition.when}\t${condition.when !== '' && holds}\n`
  })
  context.out.write(alignTabs(`CONDITION\tRESULT\n${rows.join('')}`))
}
