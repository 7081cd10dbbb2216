import type { StepPluginStatus } from '../api/canary-status.ts'
import type { StepPluginOperation } from '../api/phases.ts'
import type { PluginStep } from '../api/steps.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import type { PluginLookup } from '../plugins/configuration.ts'
import { abortStep, runStep, type StepAnswer, terminateStep } from '../plugins/contract/step.ts'
import type { PluginCaller } from '../plugins/plugins.ts'

/** A call of a step plugin, as data. */
export interface StepCall {
  /** Tells calls apart: a call that is made again after its reply was noted is another one. */
  readonly id: string
  readonly operation: StepPluginOperation
  readonly index: number
  readonly name: string
  readonly config: DeepReadonly<JsonObject>
  /** How often the operation was answered before. */
  readonly execution: number
  /** State of the plugin from its last answer. */
  readonly status: DeepReadonly<JsonObject> | undefined
}

/** What a call is made of. */
export interface StepCallParts {
  readonly operation: StepPluginOperation
  readonly step: DeepReadonly<PluginStep>
  /** What is noted about the run of the step. */
  readonly run: DeepReadonly<StepPluginStatus>
  /** How often the operation was answered before. */
  readonly execution: number
  /** Revision that is released. */
  readonly hash: string
  readonly lookup: PluginLookup
}

/** Makes a call. A plugin that is configured otherwise meanwhile is asked anew. */
export const stepCall = ({ operation, step, run, execution, hash, lookup }: StepCallParts): StepCall => {
  const { name, config = {} } = step
  const { index, startedAt, status } = run
  const id = JSON.stringify([operation, index, startedAt, execution, hash, config, lookup])
  return { id, operation, index, name, config, execution, status }
}

/** Makes the call. Throws what the caller of plugins throws. */
export const askStepPlugin = (
  plugins: Pick<PluginCaller, 'call'>,
  { operation, name, config, index, status, execution }: StepCall,
  rollout: DeepReadonly<JsonObject>,
  signal: AbortSignal,
): Promise<StepAnswer> => {
  const body = { config, rollout, index, ...(status !== undefined && { status }) }
  if (operation === 'Run') return plugins.call(runStep, name, { ...body, execution }, signal)
  return plugins.call(operation === 'Abort' ? abortStep : terminateStep, name, body, signal)
}
