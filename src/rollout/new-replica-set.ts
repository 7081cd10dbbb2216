import { minReadySecondsOf } from '../api/defaults.ts'
import type { EmbeddedMetadata } from '../api/kubernetes/object-meta.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import {
  desiredReplicasAnnotation,
  ephemeralMetadataAnnotation,
  lastAppliedAnnotation,
  notifiedAnnotation,
  podTemplateHashLabel,
  revisionAnnotation,
  revisionHistoryAnnotation,
  workloadGenerationAnnotation,
} from '../api/labels.ts'
import { ownerReferenceTo } from '../api/owner-reference.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { withEphemeralMetadata, writeEphemeralMetadata } from './ephemeral-metadata.ts'

const notCopied: ReadonlySet<string> = new Set([
  lastAppliedAnnotation,
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  notifiedAnnotation,
])

/** Whether a Rollout still tells the generation of a workload that it does not refer to any more. */
export const hasLeftWorkload = ({ metadata, spec }: DeepReadonly<Rollout>): boolean =>
  spec.workloadRef === undefined && metadata.annotations?.[workloadGenerationAnnotation] !== undefined

/** The annotations of a Rollout that its new ReplicaSet carries too. */
export const copiedAnnotations = (rollout: DeepReadonly<Rollout>): readonly (readonly [string, string])[] =>
  Object.entries(rollout.metadata.annotations ?? {}).filter(
    ([key]) => !notCopied.has(key) && (key !== workloadGenerationAnnotation || !hasLeftWorkload(rollout)),
  )

/** What a new ReplicaSet is made from besides the Rollout. */
export interface NewReplicaSetParts {
  /** Pod-template hash: part of its name, its labels and its selector. */
  readonly hash: string
  readonly revision: number
  /** Metadata that its pods carry because of their role. */
  readonly metadata: DeepReadonly<EmbeddedMetadata>
  /** Affinity of its pods, with what anti-affinity adds. */
  readonly affinity: JsonObject | undefined
}

const podTemplateOf = (rollout: DeepReadonly<Rollout>, parts: NewReplicaSetParts): ReplicaSet['spec']['template'] => {
  const template = cloneJson(rollout.spec.template ?? {}) as ReplicaSet['spec']['template']
  const metadata = withEphemeralMetadata(template.metadata, {}, parts.metadata)
  const { affinity: _, ...spec } = template.spec ?? { containers: [] }
  return {
    ...template,
    metadata: { ...template.metadata, ...metadata, labels: { ...metadata.labels, [podTemplateHashLabel]: parts.hash } },
    spec: { ...spec, ...(parts.affinity && { affinity: parts.affinity }) },
  }
}

/** The ReplicaSet of a new revision as it is sent to the server, without pods yet. */
export const newReplicaSet = (rollout: DeepReadonly<Rollout>, parts: NewReplicaSetParts): ReplicaSet => {
  const { metadata, spec } = rollout
  const minReadySeconds = minReadySecondsOf(rollout)
  const recorded = writeEphemeralMetadata(parts.metadata)
  const withHash = { [podTemplateHashLabel]: parts.hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${parts.hash}`,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { ...spec.template?.metadata?.labels, ...withHash },
      annotations: {
        ...Object.fromEntries(copiedAnnotations(rollout)),
        [revisionAnnotation]: String(parts.revision),
        [desiredReplicasAnnotation]: String(spec.replicas ?? 1),
        ...(recorded !== undefined && { [ephemeralMetadataAnnotation]: recorded }),
      },
      ownerReferences: [ownerReferenceTo('Rollout', rollout)],
      // Filled in by the server; empty means "not yet" to the code that reads a working ReplicaSet.
      uid: '',
      resourceVersion: '',
      creationTimestamp: '',
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds > 0 && { minReadySeconds }),
      selector: {
        ...(cloneJson(spec.selector ?? {}) as ReplicaSet['spec']['selector']),
        matchLabels: { ...spec.selector?.matchLabels, ...withHash },
      },
      template: podTemplateOf(rollout, parts),
    },
  }
}
