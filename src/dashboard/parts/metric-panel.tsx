import type { MetricView } from '../model/analysis.ts'
import { valueText } from '../model/measurements.ts'
import { momentText, timeOf } from '../model/time-text.ts'
import { MetricChart } from './metric-chart.tsx'
import { PhaseBadge } from './phase-badge.tsx'

const finished = (date: string | undefined): string => {
  const ms = timeOf(date)
  return ms === undefined ? '–' : momentText(ms)
}

const Measurements = ({ measurements }: Pick<MetricView, 'measurements'>) => (
  <div class="scrolled">
    <table class="measurements">
      <thead>
        <tr>
          <th scope="col">Finished</th>
          <th scope="col">Phase</th>
          <th scope="col">Value</th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>
        {[...measurements].reverse().map(({ startedAt, finishedAt, phase, value, message }) => (
          <tr key={`${startedAt} ${finishedAt}`}>
            <td>{finished(finishedAt ?? startedAt)}</td>
            <td>
              <PhaseBadge phase={phase} />
            </td>
            <td class="mono">{valueText(value)}</td>
            <td>{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const Criteria = ({ criteria }: Pick<MetricView, 'criteria'>) => (
  <dl class="criteria">
    {criteria.map(([name, text]) => (
      <div key={`${name} ${text}`}>
        <dt>{name}</dt>
        <dd class="mono">{text}</dd>
      </div>
    ))}
  </dl>
)

/** A metric: how it fares, its measurements as a chart and as a table, and how it is judged. */
export const MetricPanel = ({ metric }: { metric: MetricView }) => (
  <>
    <div class="row">
      <PhaseBadge phase={metric.phase} />
      {metric.isDryRun && <span class="role">dry run: decides nothing</span>}
    </div>
    {metric.message !== '' && <p class="message">{metric.message}</p>}
    {metric.chart && <MetricChart metric={metric} data={metric.chart} />}
    {metric.measurements.length === 0 ? (
      <p class="quiet">Nothing has been measured yet.</p>
    ) : (
      <Measurements measurements={metric.measurements} />
    )}
    <h3>Criteria</h3>
    <Criteria criteria={metric.criteria} />
  </>
)
