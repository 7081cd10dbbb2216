import type { AnalysisRun, AnalysisRunManifest } from '../api/analysis-run.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import type { Snapshot } from './snapshot.ts'
import { WorkingRuns } from './working-runs.ts'

/** An AnalysisRun as policies see it. */
export interface WorkingRun {
  readonly name: string
  /** Empty until the AnalysisRun controller has looked at it. */
  readonly phase: string
  readonly message: string
  /** Whether somebody asked it to end. */
  readonly terminated: boolean
  readonly labels: Readonly<Record<string, string>>
}

const viewOf = (run: DeepReadonly<AnalysisRun>): WorkingRun => ({
  name: run.metadata.name,
  phase: run.status?.phase ?? '',
  message: run.status?.message ?? '',
  terminated: run.spec.terminate === true,
  labels: run.metadata.labels ?? {},
})

/** The AnalysisRuns of a Rollout with what the plan creates, ends and deletes. */
export class WorkingAnalysisRuns extends WorkingRuns<DeepReadonly<AnalysisRun>, AnalysisRunManifest> {
  constructor({ analysisRuns, isRunNameTaken: isTaken }: Pick<Snapshot, 'analysisRuns' | 'isRunNameTaken'>) {
    const isSame = (there: DeepReadonly<AnalysisRun>, wanted: AnalysisRunManifest): boolean =>
      equalJson(there.spec, wanted.spec)
    super({ kind: 'AnalysisRun', separator: '.', isSame, isTaken }, analysisRuns)
  }

  /** A run that exists, or that the plan creates. */
  get(name: string | undefined): WorkingRun | undefined {
    const created = this.created(name)
    if (name !== undefined && created !== undefined) {
      return { name, phase: '', message: '', terminated: false, labels: created.metadata.labels ?? {} }
    }
    const run = this.existing(name)
    return run && viewOf(run)
  }
}
