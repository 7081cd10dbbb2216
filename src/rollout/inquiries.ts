import type { Net } from '../kube/net.ts'
import type { AskAws } from '../lib/aws-question.ts'
import type { Clock } from '../lib/clock.ts'
import { cloneJson, objectOr } from '../lib/json-value.ts'
import type { StepAnswer } from '../plugins/contract/step.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { BoundRouter, RouterInquiry, Verification } from '../routers/router.ts'
import type { Effect } from './effects.ts'
import { type Observed, Observer } from './observer.ts'
import { questionId } from './router-observation.ts'
import type { Snapshot } from './snapshot.ts'
import { askStepPlugin } from './step-call.ts'

/** An effect that begins to ask something. */
export type AskEffect = Extract<Effect, { type: 'askStepPlugin' | 'askRouter' }>

/** What a pass sees of the questions about its Rollout. */
export interface Replies {
  readonly stepPlugin: Observed<StepAnswer> | undefined
  readonly routerReplies: ReadonlyMap<string, Observed<Verification>>
}

/** What questions are asked with. */
export interface InquiryPorts {
  readonly plugins: Pick<PluginCaller, 'call' | 'describe'>
  readonly net: Net
  /** Asks APIs of AWS. */
  readonly aws: AskAws
  /** Reads objects past the caches. */
  readonly list: RouterInquiry['list']
  readonly clock: Clock
  /** Called with the key of a Rollout about which there is news. */
  readonly onReply: (key: string) => void
}

/** Above the longest limit that a plugin can have for one exchange. */
const timeoutMs = 150_000

const stepTopic = 'step'

/** One that is given back may have the name of one that is served. */
const routerOf = (
  { routers, targetGroups, formerRouting }: Snapshot,
  { router, intent, id }: Extract<AskEffect, { type: 'askRouter' }>,
): BoundRouter | undefined =>
  [...routers, ...(targetGroups ? [targetGroups] : []), ...(formerRouting?.routers ?? [])].find(
    (one) => one.name === router && questionId(one, intent) === id,
  )

/** The questions that passes over Rollouts ask beside the loop: a Rollout has one call of a step plugin at a time. */
export class Inquiries {
  readonly #ports: InquiryPorts
  readonly #steps: Observer<StepAnswer>
  readonly #routers: Observer<Verification>

  constructor(ports: InquiryPorts) {
    this.#ports = ports
    const { clock, onReply } = ports
    this.#steps = new Observer({ clock, timeoutMs, onReply })
    this.#routers = new Observer({ clock, timeoutMs, onReply })
  }

  /** What is known about the Rollout of this key. */
  repliesFor(key: string): Replies {
    return { stepPlugin: this.#steps.observed(key).get(stepTopic), routerReplies: this.#routers.observed(key) }
  }

  /** Begins to ask; the reply comes with a later pass. */
  begin(key: string, effect: AskEffect, snapshot: Snapshot): void {
    const { plugins, net, aws, list } = this.#ports
    if (effect.type === 'askStepPlugin') {
      const { call } = effect
      const rollout = objectOr(cloneJson(snapshot.rollout))
      const ask = (_last: unknown, signal: AbortSignal) => askStepPlugin(plugins, call, rollout, signal)
      this.#steps.ask(key, stepTopic, { id: call.id, ask })
      return
    }
    const { id, intent, router: name } = effect
    const observe = routerOf(snapshot, effect)?.observe
    if (observe === undefined) return
    const ports = { plugins, net, aws, list, known: snapshot.known }
    const ask = (last: Verification | undefined, signal: AbortSignal) => observe(intent, { ...ports, last, signal })
    this.#routers.ask(key, name, { id, ask })
  }

  /** Notes that a pass has told of what it saw. */
  told(key: string, { routerReplies }: Replies): void {
    this.#routers.told(key, routerReplies)
  }

  /** Drops what routers answered: who is asked, or how, is another one. */
  askRoutersAnew(key: string): void {
    this.#routers.forget(key)
  }

  /** Drops what is known about a Rollout that is gone. */
  forget(key: string): void {
    this.#steps.forget(key)
    this.#routers.forget(key)
  }

  /** Asks nothing any more. */
  stop(): void {
    this.#steps.stop()
    this.#routers.stop()
  }
}
