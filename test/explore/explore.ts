import assert from 'node:assert/strict'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import { managedRoutePartsAnnotation, podTemplateHashLabel, scaleDownDeadlineAnnotation } from '../../src/api/labels.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import { weightedKinds } from '../../src/sandbox/traffic/weighted-lists.ts'
import { runsOf, sizesOf, theRollout, trafficOf } from '../scenario/expect.ts'
import { Story, type StoryOptions } from '../scenario/harness.ts'
import { ControllerPair } from './controller-pair.ts'
import type { Explorable } from './explorable.ts'
import { type Fault, hits } from './faults.ts'

/** Where in a story a fault strikes. */
export interface Point {
  readonly scenario: Explorable
  readonly fault: Fault
  /** The call that is hit, counted from 1. */
  readonly nth: number
}

/** A point, and whether it is one for which its scenario is told; the others are like points of other scenarios. */
export interface FoundPoint extends Point {
  readonly central: boolean
}

/** How a point is named on the command line. */
export const nameOf = ({ scenario, fault, nth }: Point): string => `${scenario.name}:${fault.name}:${nth}`

/** A story without a fault: how it ends, and the calls that it makes: whether each is one for which it is told. */
interface Course {
  readonly outcome: object
  readonly calls: Readonly<Record<Fault['at'], readonly boolean[]>>
}

const imageOf = (set: DeepReadonly<ReplicaSet> | undefined): string =>
  set?.spec.template.spec?.containers[0]?.image ?? 'none'

/** Everything that people can see at the end, but times and generated names. */
const outcomeOf = (story: Story): object => {
  const { cluster } = story.sandbox
  const { status, metadata } = theRollout(story.sandbox, 'web')
  const sets = cluster.controlledBy('ReplicaSet', metadata.uid)
  const imageWith = (hash: string | undefined): string =>
    imageOf(sets.find((set) => set.metadata.labels?.[podTemplateHashLabel] === hash))
  const { weights } = status?.canary ?? {}
  return {
    phase: status?.phase,
    message: status?.message ?? '',
    step: status?.currentStepIndex,
    abort: status?.abort ?? false,
    pauses: (status?.pauseConditions ?? []).map(({ reason }) => reason),
    stable: imageWith(status?.stableRS),
    current: imageWith(status?.currentPodHash),
    counts: [status?.replicas, status?.updatedReplicas, status?.availableReplicas, status?.HPAReplicas],
    weights: [weights?.canary.weight, weights?.stable.weight],
    routed: [imageWith(weights?.canary.podTemplateHash), imageWith(weights?.stable.podTemplateHash)],
    conditions: Object.fromEntries((status?.conditions ?? []).map((one) => [one.type, `${one.status} ${one.reason}`])),
    completion: status?.duration?.completionStatus,
    plugins: (status?.canary?.stepPluginStatuses ?? []).map((one) => `${one.operation} ${one.index} ${one.phase}`),
    sizes: sizesOf(story, 'web'),
    traffic: trafficOf(story, 'web'),
    services: cluster.list('Service', 'default').map((one) => imageWith(one.spec.selector?.[podTemplateHashLabel])),
    rules: cluster
      .list('HTTPRoute', 'default')
      .map(({ metadata, spec }) => [spec.rules, metadata.annotations?.[managedRoutePartsAnnotation]]),
    mesh: [
      ...cluster.list('VirtualService', 'default').map(({ spec }) => spec.http),
      ...cluster
        .list('DestinationRule', 'default')
        .map(({ spec }) => spec.subsets?.map(({ labels }) => imageWith(labels?.[podTemplateHashLabel]))),
    ],
    routing: routingOf(story, imageWith),
    pair: status?.canary?.stablePingPong,
    images: sets.map(imageOf).sort(),
    deadlines: sets.filter((set) => set.metadata.annotations?.[scaleDownDeadlineAnnotation] !== undefined).length,
    // A verdict that was not noted in time is asked for again.
    runs: [...new Set(runsOf(story, 'web').map((run) => run.status?.phase))].sort(),
  }
}

/** Kinds that routers write, beside those whose revisions have names here. */
const routedKinds = ['Ingress', ...weightedKinds] as const

/** What routers made of their objects, with the images of versions in place of their hashes. */
const routingOf = ({ sandbox: { cluster } }: Story, imageWith: (hash: string) => string): readonly string[] => {
  const hashes = cluster
    .list('ReplicaSet', 'default')
    .flatMap(({ metadata }) => metadata.labels?.[podTemplateHashLabel] ?? [])
  const named = (text: string): string => hashes.reduce((sofar, hash) => sofar.replaceAll(hash, imageWith(hash)), text)
  return routedKinds.flatMap((kind) =>
    cluster
      .list(kind, 'default')
      .map(({ metadata: { name, annotations = {} }, spec }) => {
        const { touched: _, ...noted } = annotations // what the fault `interleaved` leaves
        return named(JSON.stringify([kind, name, noted, spec]))
      })
      .sort(),
  )
}

const storyOf = ({
  scenario,
  fault,
  nth,
}: Point): { readonly story: Story; readonly pair: ControllerPair | undefined } => {
  let pair: ControllerPair | undefined
  const controllers: StoryOptions['controllers'] = (sandbox, make) => {
    pair = new ControllerPair(sandbox, make)
    return pair
  }
  const options = fault.needsStandby ? { controllers } : {}
  const story = new Story({ ...scenario.options, ...options, faults: nth > 0 ? (fault.rules?.(nth) ?? []) : [] })
  if (nth > 0) fault.arrange?.(story, nth)
  return { story, pair }
}

const courses = new Map<string, Promise<Course>>()

const travel = async (point: Point): Promise<Course> => {
  const { story } = storyOf({ ...point, nth: 0 })
  const calls: Record<Fault['at'], boolean[]> = { writes: [], reads: [] }
  const { about = () => true } = point.scenario
  story.sandbox.server.intercept({
    after: (call) => {
      // Events are sent beside the work, and alike in all scenarios.
      const central = call.resource !== 'events' && about(call)
      if (hits.writes(call)) calls.writes.push(central)
      if (hits.reads(call)) calls.reads.push(central)
    },
  })
  await point.scenario.tell(story)
  const outcome = outcomeOf(story)
  const told = { writes: [...calls.writes], reads: [...calls.reads] }
  await story.conclude()
  return { outcome, calls: told }
}

/** The story without a fault; told once for all of its points. */
const courseOf = (point: Point): Promise<Course> => {
  const key = `${point.scenario.name} ${point.fault.needsStandby}`
  const known = courses.get(key)
  if (known !== undefined) return known
  const course = travel(point)
  courses.set(key, course)
  return course
}

/**
 * Every point at which a fault can strike in a scenario. Stories are told one after the other: the clocks of two would each
 * wait for the other.
 */
export const pointsOf = async (scenario: Explorable, fault: Fault): Promise<readonly FoundPoint[]> => {
  const { calls } = await courseOf({ scenario, fault, nth: 0 })
  return calls[fault.at].map((central, index) => ({ scenario, fault, nth: index + 1, central }))
}

/** Tells the story with the fault. Throws when a promise is broken on the way or another end is reached. */
export const explore = async (point: Point): Promise<void> => {
  const { outcome } = await courseOf(point)
  const { story, pair } = storyOf(point)
  await point.scenario.tell(story)
  assert.deepEqual(outcomeOf(story), outcome, `${nameOf(point)} comes to another end\n${story.describe()}`)
  await story.conclude()
  assert.deepEqual(pair?.overlaps ?? [], [], nameOf(point))
}
