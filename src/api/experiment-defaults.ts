import type { DeepReadonly } from '../lib/json.ts'
import type { ExperimentManifest, ExperimentTemplate } from './experiment.ts'

/** What an absent field of an Experiment means; the schema carries none of these defaults, as the published one does not. */

type HasSpec = Pick<DeepReadonly<ExperimentManifest>, 'spec'>

/** Pods that a template runs. */
export const templateReplicasOf = ({ replicas }: Pick<DeepReadonly<ExperimentTemplate>, 'replicas'>): number =>
  replicas ?? 1

/** Seconds that pods may take to become available. */
export const experimentDeadlineSecondsOf = ({ spec }: HasSpec): number => spec.progressDeadlineSeconds ?? 600

/** Seconds for which pods stay after the end. */
export const experimentScaleDownDelaySecondsOf = ({ spec }: HasSpec): number => spec.scaleDownDelaySeconds ?? 30
