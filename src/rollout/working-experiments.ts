import type { Experiment, ExperimentManifest } from '../api/experiment.ts'
import { samePodTemplate } from '../api/pod-template-equality.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson, objectOr } from '../lib/json-value.ts'
import type { Snapshot } from './snapshot.ts'
import { WorkingRuns } from './working-runs.ts'

type Spec = DeepReadonly<Experiment>['spec']

const withoutPods = ({ templates, terminate: _, ...rest }: Spec): unknown => ({
  ...rest,
  templates: templates.map(({ template: __, ...own }) => own),
})

/** Whether two specs ask for the same, whatever the server has filled in and whether somebody ended one of them. */
export const sameExperiment = (left: Spec, right: Spec): boolean =>
  equalJson(withoutPods(left), withoutPods(right)) &&
  left.templates.every(({ template }, index) =>
    samePodTemplate(objectOr(template), objectOr(right.templates[index]?.template)),
  )

/** The Experiments of a Rollout with what the plan creates, ends and deletes. */
export class WorkingExperiments extends WorkingRuns<DeepReadonly<Experiment>, ExperimentManifest> {
  constructor({ experiments }: Pick<Snapshot, 'experiments'>) {
    const isSame = (there: DeepReadonly<Experiment>, wanted: ExperimentManifest): boolean =>
      sameExperiment(there.spec, wanted.spec)
    super({ kind: 'Experiment', separator: '-', isSame }, experiments)
  }
}
