import type { Clock } from '../lib/clock.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import type { StepAnswer } from '../plugins/contract/step.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { Effect } from './effects.ts'
import { type Observed, Observer } from './observer.ts'
import { askStepPlugin } from './step-call.ts'

/** An effect that begins to ask something. */
export type AskEffect = Extract<Effect, { type: 'askStepPlugin' }>

/** What a pass sees of the questions about its Rollout. */
export interface Replies {
  readonly stepPlugin: Observed<StepAnswer> | undefined
}

/** What questions are asked with. */
export interface InquiryPorts {
  readonly plugins: Pick<PluginCaller, 'call'>
  readonly clock: Clock
  /** Called with the key of a Rollout about which there is news. */
  readonly onReply: (key: string) => void
}

/** Long enough for three tries with a plugin’s longest own limit to be told apart from a plugin that hangs. */
const timeoutMs = 150_000

const stepTopic = 'step'

/** The questions that passes over Rollouts ask beside the loop: a Rollout has one call of a step plugin at a time. */
export class Inquiries {
  readonly #ports: InquiryPorts
  readonly #steps: Observer<StepAnswer>

  constructor(ports: InquiryPorts) {
    this.#ports = ports
    const { clock, onReply } = ports
    this.#steps = new Observer({ clock, timeoutMs, onReply })
  }

  /** What is known about the Rollout of this key. */
  repliesFor(key: string): Replies {
    return { stepPlugin: this.#steps.observed(key).get(stepTopic) }
  }

  /** Begins to ask; the reply comes with a later pass. */
  begin(key: string, { call }: AskEffect, rollout: DeepReadonly<JsonObject>): void {
    const { plugins } = this.#ports
    const ask = (_last: unknown, signal: AbortSignal) => askStepPlugin(plugins, call, rollout, signal)
    this.#steps.ask(key, stepTopic, { id: call.id, ask })
  }

  /** Drops what is known about a Rollout that is gone. */
  forget(key: string): void {
    this.#steps.forget(key)
  }

  /** Asks nothing any more. */
  stop(): void {
    this.#steps.stop()
  }
}
