import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { ephemeralMetadataAnnotation } from '../../api/labels.ts'
import { type Injected, samePodTemplate } from '../../api/pod-template-equality.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { replicaSetsOf, replicaSetWith } from './capacity.ts'
import { beforeAs, type Invariant, type JudgedWrite, owningRollout, writtenAs } from './invariant.ts'

/** Anti-affinity between revisions names the one to keep away from. */
const isAntiAffinity = (term: JsonObject): boolean =>
  JSON.stringify(term.labelSelector ?? {}).includes(`"${hashLabel}"`)

const injectedInto = (replicaSet: DeepReadonly<ReplicaSet>): Injected => {
  const text = replicaSet.metadata.annotations?.[ephemeralMetadataAnnotation]
  return {
    labels: [hashLabel],
    isInjectedTerm: isAntiAffinity,
    ...(text === undefined ? {} : { metadata: JSON.parse(text) }),
  }
}

const asJson = (template: object): JsonObject => template as JsonObject

const checkCreated = (write: JudgedWrite): readonly string[] => {
  const created = write.change.type === 'ADDED' ? writtenAs<ReplicaSet>('ReplicaSet', write.change) : undefined
  const owner = created === undefined ? undefined : owningRollout(created)
  const rollout = write.rollouts.find(({ metadata }) => metadata.name === owner)
  if (created === undefined || rollout === undefined) return []
  return replicaSetsOf(write.cluster, rollout)
    .filter(({ metadata }) => metadata.uid !== created.metadata.uid && metadata.deletionTimestamp === undefined)
    .filter((other) => samePodTemplate(asJson(other.spec.template), asJson(created.spec.template), injectedInto(other)))
    .map((other) => `ReplicaSet ${created.metadata.name} is made although ${other.metadata.name} has the same template`)
}

const checkAdopted = (write: JudgedWrite): readonly string[] => {
  const after = writtenAs<Rollout>('Rollout', write.change)
  const before = beforeAs<Rollout>('Rollout', write.change)
  const hash = after?.status?.currentPodHash
  const template = after?.spec.template
  if (after === undefined || template === undefined || hash === undefined) return []
  if (
    hash === before?.status?.currentPodHash ||
    after.status?.observedGeneration !== String(after.metadata.generation)
  ) {
    return []
  }
  const replicaSet = replicaSetWith(write.cluster, after, hash)
  if (replicaSet === undefined) return []
  if (samePodTemplate(asJson(replicaSet.spec.template), asJson(template), injectedInto(replicaSet))) return []
  return [`${after.metadata.name} takes ReplicaSet ${replicaSet.metadata.name}, whose template is another one`]
}

/** I4. */
export const oneRevisionPerTemplate: Invariant = {
  id: 'I4',
  promise: 'The same pod template makes no new revision, and a different one is never adopted',
  check: (write) => [...checkCreated(write), ...checkAdopted(write)],
}
