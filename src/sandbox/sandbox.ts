import type { Pod } from '../api/kubernetes/pod.ts'
import type { Transport } from '../kube/transport.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { ApiServer } from './api-server/api-server.ts'
import { productCrds, routingCrds } from './crds.ts'
import { clusterMoments } from './metrics/cluster-moments.ts'
import type { MetricRule } from './metrics/metric-rule.ts'
import { type NetCall, SandboxNet } from './metrics/sandbox-net.ts'
import type { WebRule } from './metrics/web-rule.ts'
import { behaviorAnnotation, readBehaviorAnnotation } from './pods/behavior-schema.ts'
import { type PodRule, ruleFor } from './pods/pod-rule.ts'
import { randomOf, seededRandom } from './random.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Cluster } from './world/cluster.ts'
import type { BehaviorSince } from './world/kubelet.ts'
import { createWorld, type World } from './world/world.ts'

/** How a sandbox begins. */
export interface SandboxOptions {
  /** The same seed and the same calls give the same history. Default 1. */
  readonly seed?: number
  /** Time at the beginning, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number
  /** CustomResourceDefinitions. Default: the product's own and those of the Gateway API's routes. */
  readonly crds?: readonly JsonObject[]
  readonly pods?: readonly PodRule[]
  readonly metrics?: readonly MetricRule[]
  readonly web?: readonly WebRule[]
  /** Time between a change and what the cluster's own controllers do about it. Default 20 ms. */
  readonly latencyMs?: number
  /** Told of every call to something outside the cluster. */
  readonly onNetCall?: (call: NetCall) => void
}

/** A cluster in memory, with its own time. */
export interface Sandbox {
  readonly clock: VirtualClock
  readonly server: ApiServer
  readonly cluster: Cluster
  readonly net: SandboxNet
  readonly startMs: number
  readonly seed: number
  /** The way of a user to the API server. */
  transport(user: string): Transport
  /** From now on these rules hold besides the earlier ones; the last that fits a pod wins. */
  addPodRules(rules: readonly PodRule[]): void
  /** From now on these rules are asked before the earlier ones. */
  addMetricRules(rules: readonly MetricRule[]): void
  /** The cluster's own controllers stop. */
  stop(): void
}

/** 1 January 2026: any time would do, as long as it is the same every time. */
const defaultStartMs = Date.UTC(2026, 0, 1)

/** How pods behave: as their rule says, else as their annotation does. */
class Behaviors {
  readonly #rules: PodRule[]
  readonly #startMs: number
  readonly #clock: VirtualClock

  constructor(rules: readonly PodRule[], clock: VirtualClock) {
    this.#rules = [...rules]
    this.#clock = clock
    this.#startMs = clock.now()
  }

  add(rules: readonly PodRule[]): void {
    this.#rules.push(...rules)
  }

  of(pod: DeepReadonly<Pod>): BehaviorSince {
    const rule = ruleFor(this.#rules, pod, this.#clock.now() - this.#startMs)
    if (rule === undefined) {
      const text = pod.metadata.annotations?.[behaviorAnnotation]
      return { behavior: (text === undefined ? undefined : readBehaviorAnnotation(text)) ?? {} }
    }
    const { behavior, fromMs } = rule
    return fromMs === undefined ? { behavior } : { behavior, sinceMs: this.#startMs + fromMs }
  }
}

/** Pods that are there already must be looked at when a rule begins to hold. */
const pokeWhenDue = (clock: VirtualClock, world: World, startMs: number, rules: readonly PodRule[]): void => {
  for (const { fromMs } of rules) {
    if (fromMs !== undefined) clock.setTimer(startMs + fromMs - clock.now(), () => world.pokePods())
  }
}

/** Makes a cluster in memory. Nothing in it happens until its clock is run. */
export const createSandbox = (options: SandboxOptions = {}): Sandbox => {
  const { seed = 1, startMs = defaultStartMs, pods = [], web = [], latencyMs, onNetCall } = options
  const clock = new VirtualClock(startMs)
  const random = seededRandom(Math.floor(randomOf(seed, 'uids') * 2 ** 32))
  const server = new ApiServer({ clock, random, crds: options.crds ?? [...productCrds(), ...routingCrds] })
  const behaviors = new Behaviors(pods, clock)
  const latency = latencyMs === undefined ? {} : { latencyMs }
  const world = createWorld({ server, clock, seed, behaviorOf: (pod) => behaviors.of(pod), ...latency })
  pokeWhenDue(clock, world, startMs, pods)
  const metrics = [...(options.metrics ?? [])]
  const momentOf = clusterMoments(world.cluster, startMs)
  const report = onNetCall === undefined ? {} : { onCall: onNetCall }
  return {
    clock,
    server,
    cluster: world.cluster,
    net: new SandboxNet({ clock, seed, metrics, web, momentOf, ...report }),
    startMs,
    seed,
    transport: (user) => server.asUser(user),
    addPodRules: (rules) => {
      behaviors.add(rules)
      pokeWhenDue(clock, world, startMs, rules)
    },
    addMetricRules: (rules) => {
      metrics.unshift(...rules)
    },
    stop: () => world.stop(),
  }
}
