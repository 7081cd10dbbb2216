import type { AnalysisRunInfo, RolloutInfo } from '../../server/dashboard/messages.ts'
import { metricViews, runNamed } from '../model/analysis.ts'
import { phaseTone } from '../model/phase.ts'
import { imagesOf } from '../model/revisions.ts'
import { momentText, timeOf } from '../model/time-text.ts'
import { useApp } from './app-context.tsx'
import { MetricPanel } from './metric-panel.tsx'
import { Modal } from './modal.tsx'
import { PhaseBadge } from './phase-badge.tsx'
import { Fact } from './summary-panel.tsx'
import { Tabs } from './tabs.tsx'

const imagesFor = (info: RolloutInfo, run: AnalysisRunInfo): readonly string[] =>
  imagesOf((info.replicaSets ?? []).filter(({ revision }) => revision === run.revision)).map(({ image }) => image)

const When = ({ name, date }: { name: string; date: string | undefined }) => {
  const ms = timeOf(date)
  return ms === undefined ? null : <Fact name={name}>{momentText(ms)}</Fact>
}

const Summary = ({ info, run }: { info: RolloutInfo; run: AnalysisRunInfo }) => {
  const { spec, status } = run.specAndStatus
  return (
    <>
      <dl class="facts">
        <Fact name="Phase">
          <PhaseBadge phase={run.status ?? 'Pending'} />
        </Fact>
        <Fact name="Revision">{run.revision ?? 0}</Fact>
        <When name="Started" date={status.startedAt} />
        <When name="Completed" date={status.completedAt} />
        <Fact name="Successful">{run.successful ?? 0}</Fact>
        <Fact name="Failed">{run.failed ?? 0}</Fact>
        <Fact name="Inconclusive">{run.inconclusive ?? 0}</Fact>
        <Fact name="Errors">{run.error ?? 0}</Fact>
      </dl>
      {status.message !== undefined && status.message !== '' && <p class="message">{status.message}</p>}
      <dl class="criteria">
        {imagesFor(info, run).map((image) => (
          <div key={image}>
            <dt>Image</dt>
            <dd class="mono">{image}</dd>
          </div>
        ))}
        {(spec.args ?? []).map(({ name, value }) => (
          <div key={name}>
            <dt>Argument {name}</dt>
            <dd class="mono">{value ?? 'from elsewhere'}</dd>
          </div>
        ))}
        {(run.jobs ?? []).map(({ objectMeta, metricName, status: phase }) => (
          <div key={objectMeta.name}>
            <dt>Job of {metricName}</dt>
            <dd class="mono">
              {objectMeta.name} <PhaseBadge phase={phase ?? 'Pending'} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

interface AnalysisDialogProps {
  readonly run: string
  /** Name of a metric, or '' for the summary. */
  readonly tab: string
}

/** An AnalysisRun: its summary, and a tab for each metric. It follows the run while it is open. */
export const AnalysisDialog = ({ run: name, tab }: AnalysisDialogProps) => {
  const { state, dispatch } = useApp()
  const { info } = state.detail
  const run = runNamed(info, name)
  if (info === undefined || run === undefined) {
    return (
      <Modal title={name}>
        <p>This AnalysisRun was deleted meanwhile.</p>
      </Modal>
    )
  }
  const metrics = metricViews(run)
  const selected = metrics.findIndex((metric) => metric.name === tab)
  const metric = metrics[selected]
  const select = (index: number): void =>
    dispatch({ type: 'dialog opened', dialog: { kind: 'analysis', run: name, tab: metrics[index - 1]?.name ?? '' } })
  return (
    <Modal title={name} wide>
      <Tabs
        label="Metrics"
        tabs={[
          { name: 'Summary' },
          ...metrics.map(({ name: text, phase }) => ({ name: text, tone: phaseTone(phase) })),
        ]}
        selected={selected + 1}
        onSelect={select}
      >
        {metric === undefined ? <Summary info={info} run={run} /> : <MetricPanel metric={metric} />}
      </Tabs>
    </Modal>
  )
}
