import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Net } from '../../src/kube/net.ts'
import { durationMs } from '../../src/lib/duration.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { createOperator, type OperatorConfig, type OperatorOptions } from '../../src/operator/operator.ts'
import type { OpenCluster } from '../../src/operator/primary-cluster.ts'
import type { RouterVersions } from '../../src/routers/router-versions.ts'
import { ControllerProcess } from '../../src/sandbox/controller-process.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { type FaultRule, injectFaults } from '../../src/sandbox/faults.ts'
import type { Violation } from '../../src/sandbox/invariants/invariant.ts'
import { secretValues } from '../../src/sandbox/invariants/no-secrets-told.ts'
import { watchInvariants } from '../../src/sandbox/invariants/watch.ts'
import { controllerUser, type OperatorPorts, type SandboxOperator } from '../../src/sandbox/operator-port.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import type { ScenarioChange } from '../../src/sandbox/scenario/schema.ts'
import { entriesOf, type TimelineEntry } from '../../src/sandbox/scenario/timeline.ts'
import { CollectingLogger } from '../builders/collecting-logger.ts'

/** Something that a story waits for. */
export interface Condition {
  readonly describe: string
  holds(sandbox: Sandbox): boolean
  /** What is there instead, for the message of a story that waited in vain. */
  actual?(sandbox: Sandbox): string
}

/** The process, or the processes, in which the controllers of a story run. */
export interface Controllers {
  readonly running: boolean
  /** Starts what is down; resolves when controllers are at work. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Kills the one that is at work. */
  crash(): void
}

/** Makes controllers, for processes among which a Lease elects one where `election` is given. */
export type MakeElected = (ports: OperatorPorts, election?: Election) => SandboxOperator

/** Under which name a process stands for election, and who is told that it lost. */
export interface Election extends Pick<OperatorOptions, 'onLeadershipLost'> {
  readonly identity: string
}

/** How a story begins. */
export interface StoryOptions extends Omit<SandboxOptions, 'crds'> {
  readonly instanceId?: string
  /** What goes wrong with API calls of the controller. */
  readonly faults?: readonly FaultRule[]
  /** Promises that this story breaks on purpose, each with the reason. */
  readonly excused?: Readonly<Record<string, string>>
  /** The network of the controllers. Default: that of the sandbox. */
  readonly net?: (sandbox: Sandbox) => Net
  /** What the process of the controllers can read. Default: nothing. */
  readonly host?: OperatorOptions['host']
  /** The way from the sandbox to other clusters, by their kubeconfigs. Default: none. */
  readonly openCluster?: (sandbox: Sandbox) => OpenCluster
  /** Which API the objects of routers have, and whether AWS is asked. Default: as published. */
  readonly routerVersions?: RouterVersions
  /** Who is told of releases, configured in namespace argo-rollouts. Default: nobody. */
  readonly notifications?: OperatorConfig['notifications']
  /** The processes of the controllers. Default: one. */
  readonly controllers?: (sandbox: Sandbox, make: MakeElected) => Controllers
}

/** Reading the CRDs takes longer than most stories. */
const crds = [...productCrds(), ...routingCrds]

/** The defaults of the controller, in a namespace that every sandbox has. */
const leaseTimes = { namespace: 'default', leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 }

/** A controller that was killed is back after this time. */
const restartMs = 2000

/** A cluster in memory in which the real controllers run, and everything that happened in it. */
export class Story {
  readonly sandbox: Sandbox
  readonly controller: Controllers
  readonly timeline: TimelineEntry[] = []
  readonly log = new CollectingLogger()
  readonly violations: readonly Violation[]
  readonly #excused: Readonly<Record<string, string>>
  #started: 'no' | 'yes' | 'failed' = 'no'
  #failure: unknown

  constructor(options: StoryOptions = {}) {
    const {
      instanceId = '',
      faults = [],
      excused = {},
      controllers,
      net,
      host,
      openCluster,
      routerVersions,
      notifications,
      ...sandboxOptions
    } = options
    this.sandbox = createSandbox({ ...sandboxOptions, crds })
    this.#excused = excused
    this.violations = watchInvariants(this.sandbox, controllerUser)
    const make = this.#operator(
      { instanceId, routerVersions, notifications, pluginConfigMap: { namespace: 'default' } },
      {
        net: net?.(this.sandbox) ?? this.sandbox.net,
        openCluster: openCluster?.(this.sandbox),
        ...(host && { host }),
      },
    )
    this.controller = controllers?.(this.sandbox, make) ?? new ControllerProcess(this.sandbox, make)
    this.sandbox.cluster.onChange((change) => {
      const timeMs = this.nowMs
      for (const entry of entriesOf(change)) this.timeline.push({ timeMs, ...entry })
    })
    const { server, clock } = this.sandbox
    injectFaults(faults, { server, clock, crash: () => this.killController() })
  }

  #operator(shared: OperatorConfig, outside: Pick<OperatorOptions, 'net' | 'host' | 'openCluster'>): MakeElected {
    return (ports, election) => {
      const leaderElection = election && { ...leaseTimes, identity: election.identity }
      const told = election?.onLeadershipLost && { onLeadershipLost: election.onLeadershipLost }
      const config = { ...shared, leaderElection }
      return createOperator({ ...ports, ...outside, ...told, logger: this.log, config })
    }
  }

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.sandbox.clock.now() - this.sandbox.startMs
  }

  /** Creates objects, and starts the controllers. */
  async begin(...objects: readonly object[]): Promise<void> {
    this.apply(...objects)
    await this.startController()
  }

  /** Creates objects, or brings those that are there to this state. */
  apply(...objects: readonly object[]): void {
    const plain: JsonObject[] = JSON.parse(JSON.stringify(objects.flat()))
    applyObjects(this.sandbox, plain, 'default')
  }

  /** Does what a person or a pipeline does: sets an image, promotes, aborts, … */
  act(change: ScenarioChange): void {
    carryOut(this.sandbox, change, 'default')
  }

  async startController(): Promise<void> {
    this.#start()
    await this.sandbox.clock.run({ until: () => this.#started !== 'no', forMs: 60_000 })
    if (this.#started === 'failed') throw this.#failure
    assert.equal(this.#started, 'yes', 'the controllers did not start within a minute')
  }

  /** Kills the controllers; they are back a little later. */
  killController(): void {
    if (!this.controller.running) return
    this.controller.crash()
    this.sandbox.clock.setTimer(restartMs, () => this.#start())
  }

  /** A process that is killed while it starts never tells that it has started; the one after it does. */
  #start(): void {
    this.#started = 'no'
    this.controller.start().then(
      () => {
        this.#started = 'yes'
      },
      (error: unknown) => {
        this.#started = 'failed'
        this.#failure = error
      },
    )
  }

  /** Lets time pass: a Go duration such as `90s`. */
  async pass(duration: string): Promise<void> {
    await this.sandbox.clock.run({ forMs: durationMs(duration) })
  }

  /** Lets time pass until a condition holds; fails with the end of the timeline when it does not within `within`. */
  async until(condition: Condition, within = '30m'): Promise<void> {
    const end = await this.sandbox.clock.run({ until: () => condition.holds(this.sandbox), forMs: durationMs(within) })
    if (end === 'until') return
    const actual = condition.actual?.(this.sandbox)
    const what = actual === undefined ? '' : `; it is: ${actual}`
    assert.fail(`waited ${within} in vain for: ${condition.describe}${what}\n${this.describe()}`)
  }

  /** Checks that a condition holds now. */
  expect(condition: Condition): void {
    if (condition.holds(this.sandbox)) return
    const actual = condition.actual?.(this.sandbox)
    assert.fail(
      `expected: ${condition.describe}${actual === undefined ? '' : `; it is: ${actual}`}\n${this.describe()}`,
    )
  }

  /** The end of the timeline, or what led to a moment of it, and what the controllers complained about. */
  describe(aboutMs = Number.POSITIVE_INFINITY): string {
    const lines = this.timeline
      .filter(({ timeMs }) => timeMs <= aboutMs + 1000)
      .slice(-40)
      .map(({ timeMs, kind, subject, text }) => `  ${(timeMs / 1000).toFixed(1)}s ${kind} ${subject}: ${text}`)
    const complaints = [...this.log.messages('error'), ...this.log.messages('warn')].slice(-10)
    return [...lines, ...complaints.map((message) => `  log: ${message}`)].join('\n')
  }

  /** Stops the controllers in order and judges the whole story. */
  async conclude(): Promise<void> {
    let stopped = false
    void this.controller.stop().finally(() => {
      stopped = true
    })
    await this.sandbox.clock.run({ until: () => stopped, forMs: 60_000 })
    assert.ok(stopped, 'the controllers did not stop within a minute')
    this.sandbox.stop()
    const broken = this.violations.filter(({ invariant }) => this.#excused[invariant] === undefined)
    const sentences = broken.map(({ invariant, timeMs, message }) => `${invariant} at ${timeMs / 1000}s: ${message}`)
    assert.deepEqual(
      sentences,
      [],
      `promises were broken:\n${sentences.join('\n')}\n${this.describe(broken[0]?.timeMs)}`,
    )
    const logged = JSON.stringify(this.log.lines)
    for (const secret of secretValues(this.sandbox.cluster)) {
      assert.ok(!logged.includes(secret), 'I13: the log holds the value of a Secret')
    }
  }
}

/** A test that is a story: it is told in virtual time, and every promise is checked after every write. */
export const story = (title: string, options: StoryOptions, tell: (story: Story) => Promise<void>): void => {
  it(title, async () => {
    const told = new Story(options)
    await tell(told)
    await told.conclude()
  })
}
