import type { Experiment, ExperimentTemplate } from '../api/experiment.ts'
import { templateReplicasOf } from '../api/experiment-defaults.ts'
import type { PodTemplateSpec } from '../api/kubernetes/pod.ts'
import { experimentNameAnnotation, experimentTemplateNameAnnotation, podTemplateHashLabel } from '../api/labels.ts'
import { ownerReferenceTo } from '../api/owner-reference.ts'
import { podTemplateHash } from '../api/pod-template-hash.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'

type Template = DeepReadonly<ExperimentTemplate>

/** By these annotations the objects of a template are found again, as the published controller does. */
export const templateAnnotations = (
  { metadata }: DeepReadonly<Experiment>,
  { name }: Template,
): Record<string, string> => ({
  [experimentNameAnnotation]: metadata.name,
  [experimentTemplateNameAnnotation]: name,
})

/**
 * The value of the label `rollouts-pod-template-hash` for the pods of a template. It is like that of no Rollout and no
 * other template, even where the pods are the same: what selects one version by its hash never selects these pods.
 */
export const experimentPodHash = ({ metadata }: DeepReadonly<Experiment>, { name, template }: Template): string => {
  const { [podTemplateHashLabel]: _, ...labels } = template.metadata?.labels ?? {}
  const annotations = {
    ...template.metadata?.annotations,
    [experimentNameAnnotation]: metadata.uid,
    [experimentTemplateNameAnnotation]: name,
  }
  return podTemplateHash({ ...template, metadata: { ...template.metadata, labels, annotations } })
}

/** The published name carries no hash. A name that is taken gets a number, which the published controller does not do. */
export const replicaSetNameOf = (
  { metadata }: DeepReadonly<Experiment>,
  { name }: Template,
  collisionCount = 0,
): string => {
  const base = `${metadata.name}-${name}`
  return collisionCount === 0 ? base : `${base}-${collisionCount}`
}

/** The ReplicaSet of a template as it is sent to the server, with all of its pods. */
export const newReplicaSet = (
  experiment: DeepReadonly<Experiment>,
  template: Template,
  collisionCount: number | undefined,
): JsonObject => {
  const { namespace } = experiment.metadata
  const withHash = { [podTemplateHashLabel]: experimentPodHash(experiment, template) }
  const pods = cloneJson(template.template) as PodTemplateSpec
  const labels = { ...pods.metadata?.labels, ...withHash }
  const { minReadySeconds = 0, selector } = template
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetNameOf(experiment, template, collisionCount),
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: templateAnnotations(experiment, template),
      ownerReferences: [ownerReferenceTo('Experiment', experiment) as unknown as JsonObject],
    },
    spec: {
      replicas: templateReplicasOf(template),
      ...(minReadySeconds > 0 && { minReadySeconds }),
      selector: { ...(cloneJson(selector) as JsonObject), matchLabels: { ...selector.matchLabels, ...withHash } },
      template: {
        ...(pods as unknown as JsonObject),
        metadata: { ...pods.metadata, labels } as JsonObject,
      },
    },
  }
}
