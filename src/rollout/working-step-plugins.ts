import type { Effect } from './effects.ts'
import type { Snapshot } from './snapshot.ts'
import type { StepCall } from './step-call.ts'
import type { StepReply } from './step-plugin-status.ts'

/** The calls of step plugins that a plan begins, and what came of earlier ones. */
export class WorkingStepPlugins {
  readonly #observed: Snapshot['stepPlugin']
  #effect: Effect | undefined
  changes = 0

  constructor({ stepPlugin }: Pick<Snapshot, 'stepPlugin'>) {
    this.#observed = stepPlugin
  }

  /** What came of a call; undefined while nobody knows. */
  replyTo({ id }: StepCall): StepReply | undefined {
    const reply = this.#observed?.reply
    if (reply?.id !== id) return undefined
    return reply.answer === undefined ? { error: reply.error ?? 'no answer' } : { answer: reply.answer }
  }

  /** Has a call made, unless it is on its way. */
  ask(call: StepCall): void {
    if (this.#observed?.asking === call.id || this.#effect !== undefined) return
    const { operation, index, name } = call
    const why = `${operation.toLowerCase()} plugin ${name} of step ${index + 1}`
    this.#effect = { type: 'askStepPlugin', key: `step-plugin/${index}`, call, why }
    this.changes++
  }

  get effects(): readonly Effect[] {
    return this.#effect === undefined ? [] : [this.#effect]
  }
}
