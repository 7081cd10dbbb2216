import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Experiment } from '../api/experiment.ts'
import type { OwnerReference } from '../api/kubernetes/object-meta.ts'
import type { Service, ServicePort } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { NamedTemplate, RefuseMetric } from '../api/validation/metric-faults.ts'
import type { TemplateLookup } from '../api/validation/template-references.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** What of an Experiment the API server has refused for good, with the message for the status. */
export interface Failures {
  /** By name of the template. */
  readonly templates: ReadonlyMap<string, string>
  /** By name of the analysis. */
  readonly analyses: ReadonlyMap<string, string>
}

/** Nothing was refused. */
export const noFailures: Failures = { templates: new Map(), analyses: new Map() }

/** Everything that a decision about one Experiment may look at, as the caches had it at one instant. Never changed. */
export interface ExperimentSnapshot {
  /** Wall-clock time in milliseconds; the only time there is for a decision. */
  readonly now: number
  readonly experiment: DeepReadonly<Experiment>
  /** What is wrong with its spec. */
  readonly fault: string | undefined
  /** ReplicaSets that belong to the Experiment. */
  readonly replicaSets: readonly DeepReadonly<ReplicaSet>[]
  /** Services that belong to the Experiment. */
  readonly services: readonly DeepReadonly<Service>[]
  /** AnalysisRuns that belong to the Experiment. */
  readonly analysisRuns: readonly DeepReadonly<AnalysisRun>[]
  /** Names of all AnalysisRuns of the namespace, whomever they belong to. */
  readonly isRunNameTaken: (name: string) => boolean
  readonly templates: TemplateLookup<NamedTemplate>
  /** Why a metric cannot be measured by this controller. */
  readonly refuseMetric: RefuseMetric
  /** The Rollout that the Experiment is a step of. */
  readonly rollout: DeepReadonly<OwnerReference> | undefined
  /** Pod-template hashes that the Rollout says its routers may still send traffic to. */
  readonly routedHashes: ReadonlySet<string>
  /** Ports of the Service to which the routers of that Rollout lead; none without one. */
  readonly routedPorts: readonly DeepReadonly<ServicePort>[]
  /** The instance id of this controller; empty for the one without. */
  readonly instanceId: string
  /** What the writes of this pass have shown to be impossible; see `conclude`. */
  readonly failures: Failures
}
