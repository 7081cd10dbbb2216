import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import type { Experiment, ExperimentStatus } from '../../src/api/experiment.ts'
import type { ServicePort } from '../../src/api/kubernetes/service.ts'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import { experimentTemplateNameAnnotation, podTemplateHashLabel } from '../../src/api/labels.ts'
import { type ExperimentSnapshot, noFailures } from '../../src/experiment/snapshot.ts'
import type { ExperimentBuilder } from './experiment-builder.ts'
import { anAnalysisTemplate } from './objects.ts'
import { at, noon } from './rollout-snapshot.ts'

/** An Experiment as a server has stored it. */
export const storedExperiment = (builder: ExperimentBuilder, status?: ExperimentStatus): Experiment => {
  const { metadata, spec } = builder.build()
  const { name = 'ab', namespace = 'default' } = metadata
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name, namespace, uid: `uid-of-${name}`, resourceVersion: '100', creationTimestamp: at(-600) },
    spec,
    ...(status && { status }),
  }
}

/** The ReplicaSet of a template, with this many pods wanted, made and available. */
export const aTemplateReplicaSet = (template: string, pods: number, annotations = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `ab-${template}`,
    namespace: 'default',
    uid: `uid-of-ab-${template}`,
    resourceVersion: '50',
    creationTimestamp: at(-500),
    labels: { [podTemplateHashLabel]: `hash-of-${template}` },
    annotations: { [experimentTemplateNameAnnotation]: template, ...annotations },
  },
  spec: { replicas: pods, selector: {}, template: {} },
  status: { replicas: pods, readyReplicas: pods, availableReplicas: pods },
})

/** What a test says of the world of an Experiment; what it does not say is not there. */
export interface ExperimentWorld {
  readonly status?: ExperimentStatus
  readonly replicaSets?: readonly ReplicaSet[]
  readonly analysisRuns?: readonly AnalysisRun[]
  readonly routedHashes?: readonly string[]
  readonly routedPorts?: readonly ServicePort[]
}

/** A snapshot at {@link noon}, in which every AnalysisTemplate is there. */
export const experimentSnapshot = (builder: ExperimentBuilder, world: ExperimentWorld = {}): ExperimentSnapshot => ({
  now: noon,
  experiment: storedExperiment(builder, world.status),
  fault: undefined,
  replicaSets: world.replicaSets ?? [],
  services: [],
  analysisRuns: world.analysisRuns ?? [],
  isRunNameTaken: () => false,
  templates: { template: (name) => anAnalysisTemplate(name), clusterTemplate: () => undefined },
  refuseMetric: () => undefined,
  rollout: undefined,
  routedHashes: new Set(world.routedHashes),
  routedPorts: world.routedPorts ?? [],
  instanceId: '',
  failures: noFailures,
})
