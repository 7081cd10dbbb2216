import { clientPhase } from '../api/client-phase.ts'
import type { Rollout } from '../api/rollout.ts'
import { CommandError } from './command-error.ts'

/** What `wait` waits for. */
export interface WaitCondition {
  /** What is said when it holds: `is healthy`. */
  readonly said: string
  holds(rollout: Rollout | undefined): boolean
  /** Why it cannot hold any more unless somebody does something. */
  hopeless(rollout: Rollout): string | undefined
}

const never = (): undefined => undefined

/** A release that was given up stays so until a retry or another version. */
const whenDegraded = (rollout: Rollout): string | undefined => {
  const { phase, message } = clientPhase(rollout)
  return phase === 'Degraded' ? `it is degraded: ${message}` : undefined
}

const phaseCondition = (wanted: 'Healthy' | 'Paused' | 'Degraded'): WaitCondition => ({
  said: `is ${wanted.toLowerCase()}`,
  holds: (rollout) => rollout !== undefined && clientPhase(rollout).phase === wanted,
  hopeless: (rollout) => {
    if (wanted === 'Paused' && clientPhase(rollout).phase === 'Healthy') return 'it is healthy: its release has ended'
    return wanted === 'Degraded' ? undefined : whenDegraded(rollout)
  },
})

const hasEnded = (rollout: Rollout): string | undefined =>
  whenDegraded(rollout) ??
  (clientPhase(rollout).phase === 'Healthy' ? 'it is healthy: its release has ended' : undefined)

const wholeNumber = (text: string, what: string): number => {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text)
  throw new CommandError(`--for=${what} takes a whole number, not "${text}"`)
}

const stepCondition = (text: string): WaitCondition => {
  const wanted = wholeNumber(text, 'step')
  return {
    said: `is at step ${wanted} or behind it`,
    holds: (rollout) => (rollout?.status?.currentStepIndex ?? -1) >= wanted,
    hopeless: hasEnded,
  }
}

const weightCondition = (text: string): WaitCondition => {
  const wanted = wholeNumber(text, 'weight')
  return {
    said: `has a canary weight of ${wanted} or more`,
    holds: (rollout) => (rollout?.status?.canary?.weights?.canary.weight ?? -1) >= wanted,
    hopeless: hasEnded,
  }
}

const conditionCondition = (text: string): WaitCondition => {
  const [type = '', status = 'True'] = text.split('=')
  const wanted = status.toLowerCase()
  return {
    said: `has condition ${type}=${status}`,
    holds: (rollout) =>
      (rollout?.status?.conditions ?? []).some((one) => one.type === type && one.status.toLowerCase() === wanted),
    hopeless: never,
  }
}

const byName: Readonly<Record<string, (value: string) => WaitCondition>> = {
  healthy: () => phaseCondition('Healthy'),
  paused: () => phaseCondition('Paused'),
  degraded: () => phaseCondition('Degraded'),
  delete: () => ({ said: 'is deleted', holds: (rollout) => rollout === undefined, hopeless: never }),
  step: stepCondition,
  weight: weightCondition,
  condition: conditionCondition,
}

/** What `--for` takes, for help and completion. */
export const waitForms = ['healthy', 'paused', 'degraded', 'step=N', 'weight=N', 'condition=TYPE[=STATUS]', 'delete']

/** Reads `--for`. Throws CommandError for a form that there is not. */
export const waitConditionOf = (text: string): WaitCondition => {
  const [name = '', ...rest] = text.split('=')
  const make = Object.hasOwn(byName, name.toLowerCase()) ? byName[name.toLowerCase()] : undefined
  if (make === undefined) throw new CommandError(`--for takes ${waitForms.join(', ')}, not "${text}"`)
  return make(rest.join('='))
}
