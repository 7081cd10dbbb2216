import { conditionReasons, rolloutConditions } from '../../../api/conditions.ts'
import { minReadySecondsOf } from '../../../api/defaults.ts'
import { revisionAnnotation, revisionHistoryAnnotation, workloadGenerationAnnotation } from '../../../api/labels.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { equalJson, listOr, objectOr } from '../../../lib/json-value.ts'
import { affinityWith, antiAffinityOf, isInjectedTerm } from '../../anti-affinity.ts'
import { progressingOf, setCondition } from '../../conditions.ts'
import type { Draft } from '../../draft.ts'
import { newReplicaSetCreated, rolloutUpdated } from '../../events.ts'
import { knownTemplateHash } from '../../known-hashes.ts'
import { copiedAnnotations, hasLeftWorkload, newReplicaSet } from '../../new-replica-set.ts'
import { WorkingReplicaSet } from '../../working-replica-set.ts'
import { findNewReplicaSet } from './find-new-replica-set.ts'
import { metadataOfRole } from './follow-metadata.ts'

/**
 * Finds the ReplicaSet of the template that is asked for, or has it created, and gives it the highest revision number:
 * that of the Rollout follows. It is created without pods; the policies after this one size it in the same pass.
 */
export const keepRevision = (draft: Draft): void => {
  const { rollout } = draft.snapshot
  const template = (rollout.spec.template ?? {}) as JsonObject
  const hash = knownTemplateHash(template, draft.before.collisionCount)
  draft.next ??= findNewReplicaSet(draft.sets, template, hash)
  const revision = Math.max(0, ...draft.sets.filter((set) => set !== draft.next).map((set) => set.revision)) + 1
  if (draft.next === undefined) create(draft, hash, revision)
  else renew(draft, draft.next, revision)
  numberRollout(draft)
}

const create = (draft: Draft, hash: string, revision: number): void => {
  const { rollout } = draft.snapshot
  const metadata = metadataOfRole(draft, draft.stable === undefined ? 'stable' : 'canary')
  const set = new WorkingReplicaSet(
    newReplicaSet(rollout, {
      hash,
      revision,
      metadata,
      affinity: wantedAffinity(draft, hash, rollout.spec.template?.spec?.affinity),
    }),
    true,
  )
  draft.add(set)
  draft.next = set
  numberRollout(draft)
  draft.announce(newReplicaSetCreated(set.name, revision), set.key)
  const { progressing: type } = rolloutConditions
  const message = `Created new replica set "${set.name}"`
  const wish = { type, status: 'True', reason: conditionReasons.newReplicaSetCreated, message } as const
  setCondition(draft.status, wish, draft.timestamp)
}

/** A revision that comes back keeps its earlier number in a history and gets a new one. */
const renew = (draft: Draft, set: WorkingReplicaSet, revision: number): void => {
  const { rollout } = draft.snapshot
  for (const [key, value] of copiedAnnotations(rollout)) set.annotate(key, value)
  if (set.revision < revision) {
    const earlier = set.annotation(revisionAnnotation)
    const history = set.annotation(revisionHistoryAnnotation)
    if (earlier !== undefined) set.annotate(revisionHistoryAnnotation, history ? `${history},${earlier}` : earlier)
    set.annotate(revisionAnnotation, String(revision))
  }
  set.setMinReadySeconds(minReadySecondsOf(rollout))
  followAntiAffinity(draft, set)
  if (progressingOf(draft.status) === undefined) {
    const { progressing: type } = rolloutConditions
    const message = `Found new replica set "${set.name}"`
    const wish = { type, status: 'True', reason: conditionReasons.foundNewReplicaSet, message } as const
    setCondition(draft.status, wish, draft.timestamp)
  }
}

const numberRollout = (draft: Draft): void => {
  const { next, snapshot } = draft
  const revision = next?.annotation(revisionAnnotation)
  if (revision === undefined || draft.numbersRollout) return
  if (snapshot.rollout.metadata.annotations?.[revisionAnnotation] === revision) return
  // The generation of a workload that was left goes with the next write there is (as in the published controller).
  const left = hasLeftWorkload(snapshot.rollout) && { [workloadGenerationAnnotation]: null }
  const annotations = { [revisionAnnotation]: revision, ...left }
  draft.updateRollout({ metadata: { annotations } }, `become revision ${revision}`)
  draft.announce(rolloutUpdated(Number(revision)), 'rollout')
}

const wantedAffinity = (draft: Draft, hash: string, affinity: unknown): JsonObject | undefined => {
  const { rollout } = draft.snapshot
  const stableHash = draft.before.stableRS ?? ''
  const other = stableHash === '' || stableHash === hash ? undefined : stableHash
  return affinityWith(
    objectOr(affinity),
    antiAffinityOf(rollout.spec.strategy),
    other,
    rollout.metadata.namespace ?? '',
  )
}

/** Keeps the injected anti-affinity of the pod template on the stable revision of now; pods that run are left alone. */
const followAntiAffinity = (draft: Draft, set: WorkingReplicaSet): void => {
  const affinity = set.object.spec.template.spec?.affinity
  const injected = Object.values(objectOr(objectOr(affinity).podAntiAffinity))
    .flatMap((terms) => listOr(terms))
    .some((term) => isInjectedTerm(objectOr(objectOr(term).podAffinityTerm ?? term)))
  const wished = antiAffinityOf(draft.snapshot.rollout.spec.strategy) !== undefined
  if (!injected && !wished) return
  const wanted = wantedAffinity(draft, set.hash, affinity)
  if (!equalJson(wanted ?? {}, objectOr(affinity))) set.setAffinity(wanted)
}
