import type { AnalysisRun } from '../../api/analysis-run.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { KubeEvent } from '../../api/kubernetes/event.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { ClusterChange } from '../world/cluster.ts'

/** What an entry tells. */
export type TimelineKind =
  | 'change'
  | 'phase'
  | 'step'
  | 'weight'
  | 'replicas'
  | 'measurement'
  | 'analysis'
  | 'event'
  | 'fault'
  | 'unmatched'

/** Something that happened, in one sentence. */
export interface TimelineEntry {
  /** Milliseconds since the beginning. */
  readonly timeMs: number
  readonly kind: TimelineKind
  /** The object it is about: `Rollout default/web`. */
  readonly subject: string
  readonly text: string
}

type Told = Omit<TimelineEntry, 'timeMs' | 'subject'>

const rolloutEntries = (before: DeepReadonly<Rollout> | undefined, after: DeepReadonly<Rollout>): readonly Told[] => {
  const [old, now] = [before?.status, after.status]
  const entries: Told[] = []
  if (now?.phase !== undefined && (now.phase !== old?.phase || now.message !== old?.message)) {
    const message = now.message === undefined || now.message === '' ? '' : ` - ${now.message}`
    entries.push({ kind: 'phase', text: `${now.phase}${message}` })
  }
  const steps = after.spec.strategy?.canary?.steps?.length ?? 0
  if (steps > 0 && now?.currentStepIndex !== undefined && now.currentStepIndex !== old?.currentStepIndex) {
    entries.push({ kind: 'step', text: `step ${now.currentStepIndex} of ${steps}` })
  }
  const weight = now?.canary?.weights?.canary.weight
  if (weight !== undefined && weight !== old?.canary?.weights?.canary.weight) {
    entries.push({ kind: 'weight', text: `weight ${weight}` })
  }
  return entries
}

const measurementEntries = (
  before: DeepReadonly<AnalysisRun> | undefined,
  after: DeepReadonly<AnalysisRun>,
): readonly Told[] =>
  (after.status?.metricResults ?? []).flatMap((result) => {
    const old = before?.status?.metricResults?.find(({ name }) => name === result.name)
    const known = new Set(
      (old?.measurements ?? []).filter(({ finishedAt }) => finishedAt).map(({ startedAt }) => startedAt),
    )
    return (result.measurements ?? [])
      .filter((one) => one.finishedAt !== undefined && !known.has(one.startedAt))
      .map((one): Told => {
        const message = one.message === undefined || one.message === '' ? '' : ` (${one.message})`
        return { kind: 'measurement', text: `${result.name} = ${one.value ?? 'no value'}: ${one.phase}${message}` }
      })
  })

const runEntries = (
  before: DeepReadonly<AnalysisRun> | undefined,
  after: DeepReadonly<AnalysisRun>,
): readonly Told[] => {
  const phase = after.status?.phase
  const message = after.status?.message
  const changed = phase !== undefined && phase !== '' && phase !== before?.status?.phase
  const text = `${phase}${message === undefined || message === '' ? '' : ` - ${message}`}`
  return [...measurementEntries(before, after), ...(changed ? [{ kind: 'analysis', text } as const] : [])]
}

const experimentEntries = (
  before: DeepReadonly<Experiment> | undefined,
  after: DeepReadonly<Experiment>,
): readonly Told[] => {
  const { phase = '', message = '' } = after.status ?? {}
  if (phase === '' || phase === before?.status?.phase) return []
  return [{ kind: 'phase', text: message === '' ? phase : `${phase} - ${message}` }]
}

const sizeEntries = (
  before: DeepReadonly<ReplicaSet> | undefined,
  after: DeepReadonly<ReplicaSet>,
): readonly Told[] => {
  const size = after.spec.replicas ?? 1
  return size === (before?.spec.replicas ?? 0) ? [] : [{ kind: 'replicas', text: `${size} replicas` }]
}

/** The type of a change's object follows from its kind: the server has checked it against the kind's schema. */
const as = <T>(object: DeepReadonly<JsonObject> | undefined): DeepReadonly<T> | undefined =>
  object as unknown as DeepReadonly<T> | undefined

/** The entries that a write to the API server gives, without their time. Writes that tell a reader nothing give none. */
export const entriesOf = (change: ClusterChange): readonly Omit<TimelineEntry, 'timeMs'>[] => {
  const { before, object, kind } = change
  const { namespace = '', name } = object.metadata as { namespace?: string; name: string }
  const about = (entries: readonly Told[], subject = `${kind} ${namespace}/${name}`) =>
    entries.map((entry) => ({ ...entry, subject }))
  if (change.type === 'DELETED') return []
  switch (kind) {
    case 'Rollout':
      return about(rolloutEntries(as<Rollout>(before), object as unknown as DeepReadonly<Rollout>))
    case 'Experiment':
      return about(experimentEntries(as<Experiment>(before), object as unknown as DeepReadonly<Experiment>))
    case 'AnalysisRun':
      return about(runEntries(as<AnalysisRun>(before), object as unknown as DeepReadonly<AnalysisRun>))
    case 'ReplicaSet':
      return about(sizeEntries(as<ReplicaSet>(before), object as unknown as DeepReadonly<ReplicaSet>))
    case 'Event': {
      const { reason, message, involvedObject } = object as unknown as DeepReadonly<KubeEvent>
      const subject = `${involvedObject.kind} ${involvedObject.namespace ?? ''}/${involvedObject.name}`
      return about([{ kind: 'event', text: `${reason}: ${message}` }], subject)
    }
    default:
      return []
  }
}
