import type { MetricResult } from '../api/analysis-run.ts'
import type { EventType, KubeEvent } from '../kube/event-object.ts'

const typeOf = (phase: string): EventType => (phase === 'Failed' || phase === 'Error' ? 'Warning' : 'Normal')

/** A metric has ended. Reason and message are the published ones. */
export const metricEnded = ({ name, phase }: Pick<MetricResult, 'name' | 'phase'>): KubeEvent => ({
  type: typeOf(phase),
  reason: `Metric${phase}`,
  message: `Metric '${name}' Completed. Result: ${phase}`,
})

/** The whole run has ended. Reason and message are the published ones. */
export const runEnded = (phase: string): KubeEvent => ({
  type: typeOf(phase),
  reason: `AnalysisRun${phase}`,
  message: `Analysis Completed. Result: ${phase}`,
})
