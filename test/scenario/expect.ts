import assert from 'node:assert/strict'
import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import { revisionAnnotation } from '../../src/api/labels.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { answerOfRollout, trafficOfRollout } from '../../src/sandbox/traffic/cluster-traffic.ts'
import type { Request } from '../../src/sandbox/traffic/request.ts'
import type { PodShares } from '../../src/sandbox/traffic/split.ts'
import type { Condition, Story } from './harness.ts'

const namespace = 'default'

/** A Rollout as the API server has it. Fails when there is none. */
export const theRollout = (sandbox: Sandbox, name: string): DeepReadonly<Rollout> => {
  const found = sandbox.cluster.get('Rollout', { namespace, name })
  return found ?? assert.fail(`there is no Rollout ${name}`)
}

const replicaSetsOf = (sandbox: Sandbox, name: string): readonly DeepReadonly<ReplicaSet>[] =>
  sandbox.cluster.controlledBy('ReplicaSet', theRollout(sandbox, name).metadata.uid)

const revisionOf = (object: DeepReadonly<ReplicaSet | AnalysisRun>): string =>
  object.metadata.annotations?.[revisionAnnotation] ?? '?'

/** The status of a Rollout counts only when the controller has seen its latest generation. */
const isObserved = ({ metadata, status }: DeepReadonly<Rollout>): boolean =>
  status?.observedGeneration === String(metadata.generation)

const summary = (sandbox: Sandbox, name: string): string => {
  const { status } = theRollout(sandbox, name)
  const weight = status?.canary?.weights?.canary.weight
  const where = `step ${status?.currentStepIndex ?? '-'}${weight === undefined ? '' : `, weight ${weight}`}`
  return `${status?.phase ?? 'no phase'} (${status?.message ?? ''}), ${where}`
}

/** Conditions on a Rollout: `await story.until(rollout('web').isHealthy())`. */
export const rollout = (name: string) => {
  const condition = (describe: string, holds: (rollout: DeepReadonly<Rollout>) => boolean): Condition => ({
    describe: `Rollout ${name} ${describe}`,
    holds: (sandbox) => {
      const found = theRollout(sandbox, name)
      return isObserved(found) && holds(found)
    },
    actual: (sandbox) => summary(sandbox, name),
  })
  const inPhase = (phase: string, message?: string | RegExp): Condition =>
    condition(`is ${phase}${message === undefined ? '' : ` with message ${message}`}`, ({ status }) => {
      const text = status?.message ?? ''
      const told = message instanceof RegExp ? message.test(text) : message === undefined || message === text
      return status?.phase === phase && told
    })
  return {
    isHealthy: () => inPhase('Healthy'),
    isPaused: (message?: string | RegExp) => inPhase('Paused', message),
    isProgressing: (message?: string | RegExp) => inPhase('Progressing', message),
    isDegraded: (message?: string | RegExp) => inPhase('Degraded', message),
    isAtStep: (step: number) => condition(`is at step ${step}`, ({ status }) => status?.currentStepIndex === step),
    hasWeight: (weight: number) =>
      condition(`has weight ${weight}`, ({ status }) => status?.canary?.weights?.canary.weight === weight),
    /** The revision that is stable, by its number. */
    isStableAt: (revision: number): Condition => ({
      describe: `Rollout ${name} is stable at revision ${revision}`,
      holds: (sandbox) => {
        const stable = theRollout(sandbox, name).status?.stableRS
        const found = replicaSetsOf(sandbox, name).find(({ metadata }) => metadata.name === `${name}-${stable}`)
        return found !== undefined && revisionOf(found) === String(revision)
      },
      actual: (sandbox) => summary(sandbox, name),
    }),
  }
}

/** How many pods each revision of a Rollout has; revisions without pods are left out. */
export const sizesOf = (story: Story, name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    replicaSetsOf(story.sandbox, name)
      .map((replicaSet) => [revisionOf(replicaSet), replicaSet.spec.replicas ?? 1] as const)
      .filter(([, size]) => size > 0)
      .sort(([left], [right]) => left.localeCompare(right)),
  )

/** A condition on {@link sizesOf}. */
export const sizes = (name: string, wanted: Readonly<Record<string, number>>): Condition => {
  const actual = (sandbox: Sandbox) => sizesOf({ sandbox } as Story, name)
  return {
    describe: `Rollout ${name} has pods by revision ${JSON.stringify(wanted)}`,
    holds: (sandbox) => JSON.stringify(actual(sandbox)) === JSON.stringify(wanted),
    actual: (sandbox) => JSON.stringify(actual(sandbox)),
  }
}

const revisionOfHash = (story: Story, name: string, hash: string): string | number => {
  const found = replicaSetsOf(story.sandbox, name).find(({ metadata }) => metadata.name === `${name}-${hash}`)
  return found === undefined ? hash : revisionOf(found)
}

const percentByRevision = (
  story: Story,
  name: string,
  { byHash, failed }: PodShares,
): Readonly<Record<string, number>> => {
  const shares = Object.entries(byHash).map(
    ([hash, share]) => [revisionOfHash(story, name, hash), Math.round(share * 100)] as const,
  )
  return Object.fromEntries([...shares, ...(failed > 0 ? [['failed', Math.round(failed * 100)] as const] : [])].sort())
}

/** Percent of the requests that each revision gets, by the routing objects and the pods; `failed` where nobody answers. */
export const trafficOf = (story: Story, name: string): Readonly<Record<string, number>> =>
  percentByRevision(story, name, trafficOfRollout(story.sandbox.cluster, theRollout(story.sandbox, name)))

/** Percent of requests like this one that each revision answers, and of copies of them that each revision gets. */
export const answersTo = (
  story: Story,
  name: string,
  request: Request,
): { readonly answers: Readonly<Record<string, number>>; readonly copies: Readonly<Record<string, number>> } => {
  const answer = answerOfRollout(story.sandbox.cluster, theRollout(story.sandbox, name), request)
  assert.ok(answer !== undefined, `no rule takes ${JSON.stringify(request)}`)
  return {
    answers: percentByRevision(story, name, answer),
    copies: percentByRevision(story, name, answer.copies),
  }
}

/** What users get set as a cookie by the answers to a request, by the revision that answers: the whole header. */
export const cookiesOf = (story: Story, name: string, request: Request): Readonly<Record<string, string>> => {
  const { cookies = {} } = answerOfRollout(story.sandbox.cluster, theRollout(story.sandbox, name), request) ?? {}
  return Object.fromEntries(Object.entries(cookies).map(([hash, text]) => [revisionOfHash(story, name, hash), text]))
}

/** Checks where the requests of a Rollout's users go now: percent by revision. */
export const expectTraffic = (story: Story, name: string, wanted: Readonly<Record<string, number>>): void =>
  assert.deepEqual(trafficOf(story, name), wanted, story.describe())

/** Checks how many pods each revision has now. */
export const expectSizes = (story: Story, name: string, wanted: Readonly<Record<string, number>>): void =>
  assert.deepEqual(sizesOf(story, name), wanted, story.describe())

/** Events about an object, in their order: `Reason: message`. */
export const eventsOf = (story: Story, subject: string): readonly string[] =>
  story.timeline.filter((entry) => entry.kind === 'event' && entry.subject === subject).map(({ text }) => text)

/** Checks that these events about a Rollout came, in this order, whatever came in between. A text is a beginning. */
export const expectEvents = (story: Story, name: string, wanted: readonly string[]): void => {
  const told = eventsOf(story, `Rollout ${namespace}/${name}`)
  let from = 0
  for (const beginning of wanted) {
    const at = told.findIndex((text, index) => index >= from && text.startsWith(beginning))
    assert.notEqual(at, -1, `no event "${beginning}" after the earlier ones; told were:\n  ${told.join('\n  ')}`)
    from = at + 1
  }
}

/** AnalysisRuns of a Rollout, by name. */
export const runsOf = (story: Story, name: string): readonly DeepReadonly<AnalysisRun>[] => {
  const { uid } = theRollout(story.sandbox, name).metadata
  return story.sandbox.cluster
    .list('AnalysisRun', namespace)
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
}

/** Weights of the canary in the order in which the status had them. */
export const weightsTold = (story: Story, name: string): readonly string[] =>
  story.timeline
    .filter((entry) => entry.kind === 'weight' && entry.subject === `Rollout ${namespace}/${name}`)
    .map(({ text }) => text.replace('weight ', ''))

/** The condition of a Rollout of this type, as `status reason: message`; empty where it has none. */
export const conditionTold = (story: Story, name: string, type: string): string => {
  const found = theRollout(story.sandbox, name).status?.conditions?.find((condition) => condition.type === type)
  return found === undefined ? '' : `${found.status} ${found.reason}: ${found.message}`
}
