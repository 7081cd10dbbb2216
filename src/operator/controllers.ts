import { type AnalysisControllerOptions, createAnalysisController } from '../analysis/controller.ts'
import { createExperimentController } from '../experiment/controller.ts'
import { WorkQueueMetrics } from '../kube/work-queue-metrics.ts'
import { createRolloutController, type RolloutControllerOptions } from '../rollout/controller.ts'
import type { OperatorConfig } from './operator.ts'

/** A controller as the operator sees it. */
export interface RunningController {
  /** Starts the work; the caches must be synced, and this process must lead. */
  start(): void
  /** Ends when what is queued is done, within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>
  /** Ends at once: the leadership is lost. */
  abort(reason: Error): Promise<void>
  /** Whether nothing is queued or in work. */
  readonly idle: boolean
}

/** What the controllers have in common, and what only some of them take. */
export type ControllerParts = Omit<RolloutControllerOptions, 'queueMetrics' | 'workers' | 'routerVersions'> &
  Pick<AnalysisControllerOptions, 'plugins' | 'jobCluster' | 'surroundings'>

/** Wires the three controllers. */
export const createControllers = (config: OperatorConfig, parts: ControllerParts): readonly RunningController[] => {
  const queueMetrics = new WorkQueueMetrics(parts.metrics)
  return [
    createRolloutController({
      ...parts,
      routerVersions: config.routerVersions,
      queueMetrics: queueMetrics.queue('rollouts'),
      workers: config.rolloutWorkers ?? 10,
    }),
    createExperimentController({
      ...parts,
      queueMetrics: queueMetrics.queue('experiments'),
      workers: config.experimentWorkers ?? 10,
    }),
    createAnalysisController({
      ...parts,
      queueMetrics: queueMetrics.queue('analysisruns'),
      providers: {
        prometheusAddress: config.prometheusAddress,
        jobNamespace: config.analysisJobNamespace,
        ownNamespace: config.ownNamespace,
      },
      workers: config.analysisWorkers ?? 30,
    }),
  ]
}
