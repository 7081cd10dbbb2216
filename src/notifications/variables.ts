import { podTemplateHashLabel, revisionAnnotation } from '../api/labels.ts'
import { runError } from '../expr/expr-error.ts'
import { funcOf, stringType } from '../expr/go-type.ts'
import { timeType } from '../expr/time-types.ts'
import { Func, fromJson, Instant, stringMap, type Value } from '../expr/value.ts'
import type { StoredObject } from '../kube/informer.ts'
import { utc } from '../lib/go-time.ts'
import { parseTime, TimeSyntaxError } from '../lib/go-time-layout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'
import type { NotificationConfig } from './configuration.ts'

/** The names that conditions know. */
export const variableNames = ['rollout', 'analysisRuns', 'time', 'secrets', 'context'] as const

/** What conditions and templates are told of. */
export interface Facts {
  readonly rollout: DeepReadonly<StoredObject>
  /** All that the Rollout controls. */
  readonly analysisRuns: readonly DeepReadonly<StoredObject>[]
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

const layout = '2006-01-02T15:04:05Z07:00'

const parse = ([text = null]: readonly Value[]): Value => {
  try {
    return new Instant(parseTime(layout, String(text)))
  } catch (error) {
    if (error instanceof TimeSyntaxError) throw runError(error.message)
    throw error
  }
}

/** The published functions: `time.Now()` and `time.Parse(text)` for RFC 3339. */
const timeFunctions = (nowMs: number): Value =>
  stringMap([
    ['Parse', new Func(funcOf([stringType], [timeType]), parse)],
    ['Now', new Func(funcOf([], [timeType]), () => new Instant({ nanoseconds: nanoseconds(nowMs), zone: utc }))],
  ])

/** Nanoseconds of a clock that knows milliseconds. */
export const nanoseconds = (ms: number): bigint => BigInt(Math.floor(ms)) * 1_000_000n

const annotation = ({ metadata }: DeepReadonly<StoredObject>, key: string): unknown =>
  objectOr(metadata.annotations)[key]

const createdAt = ({ metadata }: DeepReadonly<StoredObject>): string => String(metadata.creationTimestamp ?? '')

/** The runs of the current revision, newest first; nil when there is none, as published. */
const currentRuns = ({ rollout, analysisRuns }: Facts): Value => {
  const hash = objectOr(rollout.status).currentPodHash
  const ofRevision = analysisRuns.filter(
    (run) =>
      objectOr(run.metadata.labels)[podTemplateHashLabel] === hash &&
      annotation(run, revisionAnnotation) === annotation(rollout, revisionAnnotation),
  )
  if (ofRevision.length === 0) return null
  return fromJson([...ofRevision].sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1)))
}

/** What {@link variableNames} stand for. */
export const variablesOf = (
  facts: Facts,
  { secrets, context }: Pick<NotificationConfig, 'secrets' | 'context'>,
): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ['rollout', fromJson(facts.rollout)],
    ['analysisRuns', currentRuns(facts)],
    ['time', timeFunctions(facts.nowMs)],
    ['secrets', fromJson(secrets)],
    ['context', fromJson(context)],
  ])
