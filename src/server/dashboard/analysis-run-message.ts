import type { AnalysisRun, Measurement } from '../../api/analysis-run.ts'
import type { Metric } from '../../api/metric.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type AnalysisRunInfo as AnalysisRunView, jobNameKey, jobNamespaceKey } from '../../view/analysis-run-info.ts'
import { phaseIcon } from '../../view/icons.ts'
import type { AnalysisRunInfo, JobInfo, MetricInfo, NonJobInfo } from './messages.ts'
import { metaMessage, revisionOf } from './object-meta-message.ts'
import { present } from './present.ts'

type Run = DeepReadonly<AnalysisRun>

/** A measurement and the name of its metric. */
type Measured = DeepReadonly<Measurement> & { readonly metricName: string }

/** A limit that is a text is an expression of arguments: the published message has no place for it. */
const numberOf = (limit: number | string | undefined): number => (typeof limit === 'number' ? limit : 0)

const metricMessage = ({
  name,
  successCondition,
  count,
  inconclusiveLimit,
  failureLimit,
}: DeepReadonly<Metric>): MetricInfo => ({
  name,
  ...present({
    successCondition,
    count: numberOf(count),
    inconclusiveLimit: numberOf(inconclusiveLimit),
    failureLimit: numberOf(failureLimit),
  }),
})

/** The sign of a phase; a blank before there is one. */
export const iconOf = (phase: string | undefined): string => (phase ? phaseIcon(phase).text : ' ')

const jobMessage = (run: Run, { metadata = {}, metricName, phase, startedAt }: Measured, name: string): JobInfo => ({
  objectMeta: {
    name,
    ...present({ namespace: metadata[jobNamespaceKey] ?? run.metadata.namespace, creationTimestamp: startedAt }),
  },
  metricName,
  icon: iconOf(phase),
  ...present({ status: phase, startedAt }),
})

const nonJobMessage = ({ metricName, value, phase, startedAt }: Measured): NonJobInfo => ({
  metricName,
  ...present({ value, status: phase, startedAt }),
})

const measurementsOf = (run: Run): readonly Measured[] =>
  (run.status?.metricResults ?? []).flatMap(({ name, measurements = [] }) =>
    measurements.map((measurement) => ({ ...measurement, metricName: name })),
  )

/** Tells an AnalysisRun: what the terminal shows of it, and all of its spec and status. */
export const analysisRunMessage = (run: Run, { counts }: AnalysisRunView): AnalysisRunInfo => {
  const measurements = measurementsOf(run)
  const jobName = ({ metadata }: Measured): string | undefined => metadata?.[jobNameKey]
  return {
    objectMeta: metaMessage(run.metadata),
    icon: iconOf(run.status?.phase),
    ...present({
      revision: revisionOf(run.metadata),
      status: run.status?.phase,
      ...counts,
      jobs: measurements.flatMap((one) => {
        const name = jobName(one)
        return name === undefined ? [] : [jobMessage(run, one, name)]
      }),
      nonJobInfo: measurements.filter((one) => jobName(one) === undefined).map(nonJobMessage),
      metrics: (run.spec.metrics ?? []).map(metricMessage),
    }),
    specAndStatus: { spec: run.spec, status: run.status ?? {} },
  }
}
