import type { AnalysisRunInfo, ExperimentInfo, RolloutInfo } from '../../server/dashboard/messages.ts'
import { phaseTone } from '../model/phase.ts'
import { imagesOf, type Revision, revisionsOf } from '../model/revisions.ts'
import { useApp } from './app-context.tsx'
import { ToneIcon } from './icon.tsx'
import { PhaseBadge } from './phase-badge.tsx'
import { ReplicaSetRow, Roles } from './replica-set-row.tsx'

const counts = ({ successful = 0, failed = 0, inconclusive = 0, error = 0 }: AnalysisRunInfo): string =>
  [
    [successful, 'successful'] as const,
    [failed, 'failed'] as const,
    [inconclusive, 'inconclusive'] as const,
    [error, 'in error'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, how]) => `${count} ${how}`)
    .join(', ')

/** AnalysisRuns as buttons, which show their measurements. */
const AnalysisRuns = ({ runs }: { runs: readonly AnalysisRunInfo[] }) => {
  const { dispatch } = useApp()
  if (runs.length === 0) return null
  return (
    <ul class="runs" aria-label="AnalysisRuns">
      {runs.map((run) => (
        <li key={run.objectMeta.name}>
          <button
            type="button"
            onClick={() =>
              dispatch({ type: 'dialog opened', dialog: { kind: 'analysis', run: run.objectMeta.name, tab: '' } })
            }
          >
            <ToneIcon tone={phaseTone(run.status ?? 'Pending')} />
            <span>
              {run.objectMeta.name}
              <small class="quiet">
                {' '}
                {run.status ?? 'Pending'}
                {counts(run) && `: ${counts(run)}`}
              </small>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

const Experiment = ({ experiment }: { experiment: ExperimentInfo }) => (
  <div class="experiment">
    <div class="row">
      <span class="quiet">Experiment</span>
      <span class="name mono">{experiment.objectMeta.name}</span>
      <PhaseBadge phase={experiment.status ?? 'Pending'} />
    </div>
    {experiment.message !== undefined && experiment.message !== '' && <p class="message">{experiment.message}</p>}
    {(experiment.replicaSets ?? []).map((replicaSet) => (
      <ReplicaSetRow key={replicaSet.objectMeta.name} replicaSet={replicaSet} />
    ))}
    <AnalysisRuns runs={experiment.analysisRuns ?? []} />
  </div>
)

const Images = ({ revision }: { revision: Revision }) => (
  <ul class="image-list">
    {imagesOf(revision.replicaSets).map(({ image, roles }) => (
      <li key={image} class="row">
        <span class="mono">{image}</span>
        <Roles roles={roles} />
      </li>
    ))}
  </ul>
)

const Rollback = ({ info, revision }: { info: RolloutInfo; revision: number }) => {
  const { state, dispatch } = useApp()
  const { name, namespace = state.namespace ?? '' } = info.objectMeta
  const commands = [{ kind: 'undo', revision } as const]
  return (
    <button
      type="button"
      aria-label={`Roll back to revision ${revision}`}
      disabled={state.busy.includes(`${namespace}/${name}`)}
      onClick={() => dispatch({ type: 'dialog opened', dialog: { kind: 'confirm', commands, namespace, name } })}
    >
      Roll back
    </button>
  )
}

/** The revisions of a Rollout, the newest first, with all that belongs to each. An older one can be returned to. */
export const RevisionPanel = ({ info }: { info: RolloutInfo }) => (
  <section class="panel revisions">
    <h2>Revisions</h2>
    {revisionsOf(info).map((revision, index) => (
      <article key={revision.number} aria-label={`Revision ${revision.number}`}>
        <h3>
          Revision {revision.number}
          {index > 0 && revision.replicaSets.length > 0 && <Rollback info={info} revision={revision.number} />}
        </h3>
        <Images revision={revision} />
        {revision.replicaSets.map((replicaSet) => (
          <ReplicaSetRow key={replicaSet.objectMeta.name} replicaSet={replicaSet} />
        ))}
        {revision.experiments.map((experiment) => (
          <Experiment key={experiment.objectMeta.name} experiment={experiment} />
        ))}
        <AnalysisRuns runs={revision.analysisRuns} />
      </article>
    ))}
  </section>
)
