import { ControllerProcess } from '../controller-process.ts'
import { injectFaults } from '../faults.ts'
import type { NetCall } from '../metrics/sandbox-net.ts'
import { controllerUser, type MakeOperator } from '../operator-port.ts'
import { createSandbox, type Sandbox } from '../sandbox.ts'
import { applyObjects, carryOut, describeChange } from './actions.ts'
import { holds } from './conditions.ts'
import type { Scenario } from './load.ts'
import { faultRuleOf, metricRuleOf, podRuleOf, webRuleOf } from './rules.ts'
import type { ScenarioChange } from './schema.ts'
import { entriesOf, type TimelineEntry } from './timeline.ts'

/** How a scenario is to be played. */
export interface PlayOptions {
  /** Makes the controllers that the scenario is about. */
  readonly makeOperator: MakeOperator
  /** Told of every entry of the timeline as it comes. */
  readonly onEntry?: (entry: TimelineEntry) => void
  /** Wall-clock time at the beginning, in milliseconds since the epoch. Default: always the same. */
  readonly startMs?: number
}

/** When a scenario is over at the latest, in milliseconds since its beginning. */
export const longestMs = (scenario: Scenario): number => scenario.end?.after ?? defaultEndMs

const defaultEndMs = 3_600_000
/** A controller that was killed is back after this time, as a restarted container would be. */
const restartMs = 2000

/**
 * A scenario that is being played. Its time passes only within {@link run}, as fast or as slowly as the caller likes;
 * one that is run to its end in one go takes milliseconds.
 */
export class Play {
  readonly sandbox: Sandbox
  readonly controller: ControllerProcess
  readonly timeline: TimelineEntry[] = []
  readonly #scenario: Scenario
  readonly #namespace: string
  readonly #onEntry: ((entry: TimelineEntry) => void) | undefined
  readonly #changes: ScenarioChange[]
  #appointment = false
  #settledSinceMs: number | undefined
  #ended = false
  #failure: unknown

  constructor(scenario: Scenario, { makeOperator, onEntry, startMs }: PlayOptions) {
    this.#scenario = scenario
    this.#namespace = scenario.namespace ?? 'default'
    this.#onEntry = onEntry
    this.#changes = [...(scenario.changes ?? [])]
    this.sandbox = createSandbox({
      seed: scenario.seed ?? 1,
      ...(startMs === undefined ? {} : { startMs }),
      pods: (scenario.pods ?? []).map(podRuleOf),
      metrics: (scenario.metrics ?? []).map(metricRuleOf),
      web: (scenario.web ?? []).map(webRuleOf),
      onNetCall: (call) => this.#tellUnmatched(call),
    })
    this.controller = new ControllerProcess(this.sandbox, makeOperator)
    this.#listen()
  }

  /** Time since the beginning, in milliseconds. */
  get nowMs(): number {
    return this.sandbox.clock.now() - this.sandbox.startMs
  }

  /** Whether the scenario is over. */
  get ended(): boolean {
    return this.#ended
  }

  /** Creates the manifests and starts the controllers. Throws what the API server refuses. */
  start(): void {
    this.#createNamespace()
    applyObjects(this.sandbox, this.#scenario.manifests, this.#namespace)
    this.#startController()
    this.sandbox.clock.setTimer(longestMs(this.#scenario), () => {
      this.#ended = true
    })
  }

  /** Lets time pass: until the scenario is over, or for this much time at most. */
  async run(forMs?: number): Promise<void> {
    await this.sandbox.clock.run({ until: () => this.#look(), ...(forMs === undefined ? {} : { forMs }) })
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Stops the controllers in order. Time passes as far as they need it. */
  async stop(): Promise<void> {
    let stopped = false
    void this.controller.stop().finally(() => {
      stopped = true
    })
    await this.sandbox.clock.run({ until: () => stopped, forMs: 60_000 })
    this.sandbox.stop()
  }

  #createNamespace(): void {
    const namespaces = { group: '', version: 'v1', plural: 'namespaces' }
    if (this.sandbox.server.objects.get(namespaces, undefined, this.#namespace) !== undefined) return
    this.sandbox.server.objects.create(namespaces, { metadata: { name: this.#namespace } })
  }

  #listen(): void {
    this.sandbox.cluster.onChange((change) => {
      for (const entry of entriesOf(change)) this.#tell(entry)
    })
    const rules = (this.#scenario.faults ?? []).map((fault) => faultRuleOf(controllerUser, fault))
    const { server, clock } = this.sandbox
    injectFaults(rules, {
      server,
      clock,
      crash: () => this.#restartController(true),
      onFault: ({ rule, call }) => {
        const subject = `${call.verb} ${call.resource} ${call.name ?? ''}`.trim()
        this.#tell({ kind: 'fault', subject, text: rule.kind })
      },
    })
  }

  #tell(entry: Omit<TimelineEntry, 'timeMs'>): void {
    const timed = { timeMs: this.nowMs, ...entry }
    this.timeline.push(timed)
    this.#onEntry?.(timed)
  }

  #tellUnmatched(call: NetCall): void {
    if (call.matched) return
    const text = call.query === undefined ? 'nothing answers there' : 'no metric of the scenario matches: empty vector'
    this.#tell({ kind: 'unmatched', subject: call.query ?? call.request.url, text })
  }

  /** Asked whenever everything has settled; whatever is due is put on the clock, so that time and order stay exact. */
  #look(): boolean {
    const [change] = this.#changes
    if (change !== undefined) this.#arrange(change)
    else this.#watchForEnd()
    return this.#ended || this.#failure !== undefined
  }

  #arrange(change: ScenarioChange): void {
    if (this.#appointment) return
    if (change.when !== undefined && !holds(change.when, this.sandbox.cluster, this.#namespace)) return
    this.#appointment = true
    const delayMs = Math.max(0, (change.at ?? 0) - this.nowMs) + (change.after ?? 0)
    this.sandbox.clock.setTimer(delayMs, () => {
      this.#appointment = false
      this.#changes.shift()
      this.#perform(change)
    })
  }

  #perform(change: ScenarioChange): void {
    this.#tell({ kind: 'change', subject: this.#scenario.name, text: describeChange(change) })
    try {
      if (change.restartController !== undefined) this.#restartController(change.restartController.crash === true)
      else carryOut(this.sandbox, change, this.#namespace)
    } catch (error) {
      this.#failure = error
    }
  }

  #watchForEnd(): void {
    const { when, for: forMs = 0 } = this.#scenario.end ?? {}
    if (when === undefined) return
    const met = [when].flat().every((condition) => holds(condition, this.sandbox.cluster, this.#namespace))
    if (!met) {
      this.#settledSinceMs = undefined
      return
    }
    if (this.#settledSinceMs === undefined && forMs > 0) this.sandbox.clock.setTimer(forMs, () => {})
    this.#settledSinceMs ??= this.nowMs
    if (this.nowMs - this.#settledSinceMs >= forMs) this.#ended = true
  }

  #startController(): void {
    this.controller.start().catch((error: unknown) => {
      this.#failure = error
    })
  }

  #restartController(crash: boolean): void {
    if (crash) this.controller.crash()
    else void this.controller.stop()
    this.sandbox.clock.setTimer(restartMs, () => this.#startController())
  }
}

/** Plays a scenario to its end and returns what happened. */
export const playScenario = async (scenario: Scenario, options: PlayOptions): Promise<readonly TimelineEntry[]> => {
  const play = new Play(scenario, options)
  play.start()
  await play.run()
  await play.stop()
  return play.timeline
}
