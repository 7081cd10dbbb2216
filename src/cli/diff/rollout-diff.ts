import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { podTemplateHashLabel, revisionAnnotation } from '../../api/labels.ts'
import { samePodTemplate } from '../../api/pod-template-equality.ts'
import { templateOfRevision } from '../../api/revision-template.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr } from '../../lib/json-value.ts'
import { consequenceOf } from './consequences.ts'
import { type LeafChange, leafChanges } from './leaf-changes.ts'

/** What becomes of the revisions of a Rollout. */
export type RevisionOutcome =
  /** There is no such Rollout yet. */
  | { readonly outcome: 'first' }
  /** The pod template means the same as that of the newest revision. */
  | { readonly outcome: 'same'; readonly revision: number }
  /** An earlier revision is asked for again, by its ReplicaSet. */
  | { readonly outcome: 'again'; readonly revision: number; readonly earlier: number; readonly isStable: boolean }
  /** No revision has this pod template. */
  | { readonly outcome: 'new'; readonly revision: number }

/** A changed field, and what comes of it. */
export interface ConsequentialChange extends LeafChange {
  /** Whether it makes the pod template another one. */
  readonly startsRevision: boolean
  /** What the controller will do; absent where it only counts for what comes later. */
  readonly consequence?: string
}

/** What applying a manifest would do to a Rollout. */
export interface RolloutDiff {
  readonly name: string
  readonly namespace: string
  readonly revision: RevisionOutcome
  readonly changes: readonly ConsequentialChange[]
}

/** All that a comparison needs. */
export interface DiffInput {
  readonly name: string
  readonly namespace: string
  /** Spec of the Rollout in the manifest. */
  readonly wanted: DeepReadonly<JsonObject>
  /** The pod template that is asked for: that of the spec, or of the workload that it refers to. */
  readonly wantedTemplate: DeepReadonly<JsonObject>
  /** The pod template as it is asked for now. */
  readonly template: DeepReadonly<JsonObject>
  readonly live: DeepReadonly<Rollout> | undefined
  /** ReplicaSets of the Rollout. */
  readonly replicaSets: readonly DeepReadonly<ReplicaSet>[]
}

const revisionOf = ({ metadata }: DeepReadonly<ReplicaSet>): number =>
  Number(metadata.annotations?.[revisionAnnotation] ?? 0)

const outcomeOf = ({ live, replicaSets, wantedTemplate }: DiffInput): RevisionOutcome => {
  if (live === undefined) return { outcome: 'first' }
  const newest = Math.max(0, ...replicaSets.map(revisionOf))
  const match = replicaSets.find((one) =>
    samePodTemplate(objectOr(cloneJson<unknown>(templateOfRevision(one))), wantedTemplate),
  )
  if (match === undefined) return { outcome: 'new', revision: newest + 1 }
  const earlier = revisionOf(match)
  if (earlier === newest) return { outcome: 'same', revision: newest }
  const isStable = match.metadata.labels?.[podTemplateHashLabel] === live.status?.stableRS
  return { outcome: 'again', revision: newest + 1, earlier, isStable }
}

/** What is said of the template itself is said by the revision; a size that an autoscaler may own does not change by silence. */
const isSilent = ({ path, after }: LeafChange): boolean => path === 'spec.replicas' && after === undefined

/**
 * What applying a manifest would do: which revision there is then, and which fields change. The manifest counts as the whole
 * of what is wanted, so a field that only the cluster has is one that goes.
 */
export const rolloutDiff = (input: DiffInput): RolloutDiff => {
  const { name, namespace, wanted, wantedTemplate, template, live } = input
  const revision = outcomeOf(input)
  const startsRevision = revision.outcome === 'new' || revision.outcome === 'again'
  const { template: _wanted, ...wantedRest } = wanted
  const { template: _live, ...liveRest } = objectOr(cloneJson<unknown>(live?.spec ?? {}))
  const inTemplate = live === undefined ? [] : leafChanges(template, wantedTemplate, 'spec.template')
  const elsewhere = live === undefined ? [] : leafChanges(liveRest, wantedRest, 'spec').filter((one) => !isSilent(one))
  return {
    name,
    namespace,
    revision,
    changes: [
      ...inTemplate.map((change) => ({ ...change, startsRevision })),
      ...elsewhere.map((change) => ({ ...change, startsRevision: false, ...consequenceOf(change, live) })),
    ],
  }
}
