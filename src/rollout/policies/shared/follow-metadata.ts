import type { EmbeddedMetadata } from '../../../api/kubernetes/object-meta.ts'
import { ephemeralMetadataAnnotation, podTemplateHashLabel } from '../../../api/labels.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import {
  ephemeralMetadataPatch,
  readEphemeralMetadata,
  withEphemeralMetadata,
  writeEphemeralMetadata,
} from '../../ephemeral-metadata.ts'
import { isFullyPromoted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/** What a ReplicaSet is in a release: the version that is coming, the one that is there, or neither. */
export type Role = 'canary' | 'stable' | 'none'

const roles = ['canary', 'stable'] as const satisfies readonly Role[]

/** The labels and annotations that the strategy gives to pods of a role. */
export const metadataOfRole = (draft: Draft, role: Role): DeepReadonly<EmbeddedMetadata> => {
  const { canary, blueGreen } = draft.snapshot.rollout.spec.strategy ?? {}
  if (role === 'none') return {}
  const given = role === 'canary' ? (canary?.canaryMetadata ?? blueGreen?.previewMetadata) : undefined
  const stable = role === 'stable' ? (canary?.stableMetadata ?? blueGreen?.activeMetadata) : undefined
  return given ?? stable ?? {}
}

/**
 * Lets the pods of each ReplicaSet carry the metadata of its role, and takes away that of an earlier role. Pods that run
 * are relabelled before the ReplicaSet notes it, so that a pass that was cut off in between is done again.
 */
export const followMetadata = (draft: Draft): void => {
  const promoted = isFullyPromoted(draft.release) || (draft.before.stableRS ?? '') === ''
  // Without any such metadata, what an old ReplicaSet without pods has of an earlier one is not worth a write.
  const isGiven = roles.some((role) => Object.keys(metadataOfRole(draft, role)).length > 0)
  for (const set of draft.sets) {
    if (set === draft.next) follow(draft, set, promoted ? 'stable' : 'canary')
    else if (set === draft.stable) follow(draft, set, 'stable')
    else if (set.desired > 0 || set.created > 0 || isGiven) follow(draft, set, 'none')
  }
}

const follow = (draft: Draft, set: WorkingReplicaSet, role: Role): void => {
  const wanted = metadataOfRole(draft, role)
  const injected = readEphemeralMetadata(set.annotation(ephemeralMetadataAnnotation))
  const patch = ephemeralMetadataPatch(injected, wanted)
  if (patch === undefined) return
  set.setPodMetadata(withEphemeralMetadata(set.object.spec.template.metadata, injected, wanted))
  set.annotate(ephemeralMetadataAnnotation, writeEphemeralMetadata(wanted))
  if (set.created === 0) return
  draft.relabelPods({
    type: 'relabelPods',
    key: `pods/${set.name}`,
    replicaSet: set.name,
    selector: { [podTemplateHashLabel]: set.hash },
    metadata: patch,
    why: `give the pods of ${set.name} the metadata of ${role === 'none' ? 'no role' : `the ${role}`}`,
  })
}
