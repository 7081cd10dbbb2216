import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Experiment } from '../api/experiment.ts'
import type { FieldError } from '../api/field-error.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { Rollout } from '../api/rollout.ts'
import type { TemplateLookup } from '../api/validation/template-references.ts'
import type { NamedTemplate } from '../api/validation/template-use.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { PluginDirectory } from '../plugins/configuration.ts'
import type { StepAnswer } from '../plugins/contract/step.ts'
import type { BoundRouter, KnownObjects, Verification } from '../routers/router.ts'
import type { FormerRouting } from './former-routing.ts'
import type { ObservedPod } from './observed-pod.ts'
import type { Observed } from './observer.ts'
import type { Rival } from './rival-routes.ts'
import type { RoutingMemory } from './routing-memory.ts'
import type { Workload } from './workload.ts'

/** Templates by name, as the caches have them. */
export type Templates = TemplateLookup<NamedTemplate>

/** The workload that a Rollout refers to, and the generation of it that the Rollout carries as an annotation. */
export type BoundWorkload = DeepReadonly<Workload> & { readonly annotated: string | undefined }

/**
 * Everything that a decision about one Rollout may look at, as the caches had it at one instant. Nothing in it is ever
 * changed.
 */
export interface Snapshot {
  /** Wall-clock time in milliseconds; the only time there is for a decision. */
  readonly now: number
  /** With the template of its workload, where it refers to one. */
  readonly rollout: DeepReadonly<Rollout>
  /** Absent without a reference, and where it leads nowhere. */
  readonly workload: BoundWorkload | undefined
  /** What is wrong with the spec, or with what it refers to. Such a Rollout is left as it is. */
  readonly faults: readonly FieldError[]
  /** ReplicaSets that belong to the Rollout, the oldest first. */
  readonly replicaSets: readonly DeepReadonly<ReplicaSet>[]
  /** ReplicaSets that its selector matches and nobody controls: they become its own. */
  readonly orphans: readonly DeepReadonly<ReplicaSet>[]
  /** The Services that the strategy names, by name. */
  readonly services: ReadonlyMap<string, DeepReadonly<Service>>
  /** Services that the Rollout manages and its strategy no longer names. */
  readonly formerServices: readonly DeepReadonly<Service>[]
  /** Pods of the Rollout, where a restart of them is due and the cache has them. */
  readonly pods: readonly DeepReadonly<ObservedPod>[] | undefined
  /** AnalysisRuns that belong to the Rollout. */
  readonly analysisRuns: readonly DeepReadonly<AnalysisRun>[]
  /** Whether there is an AnalysisRun of this name in the namespace, whoever it belongs to. Absent: there are no others. */
  readonly isRunNameTaken?: (name: string) => boolean
  /** Experiments that belong to the Rollout. */
  readonly experiments: readonly DeepReadonly<Experiment>[]
  readonly templates: Templates
  /** Routers that the strategy names, in the order in which they are served. */
  readonly routers: readonly BoundRouter[]
  /** Who is asked whether load balancers have the pods of a Service that was switched, where AWS is asked. */
  readonly targetGroups?: BoundRouter | undefined
  /** Routers that it named before, whose objects are to be given back. */
  readonly formerRouting: FormerRouting | undefined
  /** Objects that the routers read. */
  readonly known: KnownObjects
  /** Other Rollouts that set the same part of one of these objects. */
  readonly rivals: readonly Rival[]
  /** What is remembered of these objects. */
  readonly routingMemory: RoutingMemory
  /** The field manager of this controller's writes. */
  readonly fieldManager: string
  /** The configured plugins. */
  readonly plugins: Pick<PluginDirectory, 'find'>
  /** What is known from asking routers, by their name. */
  readonly routerReplies: ReadonlyMap<string, Observed<Verification>>
  /** What is known of the calls of step plugins. */
  readonly stepPlugin: Observed<StepAnswer> | undefined
  /** The instance id of this controller; empty for the one without. */
  readonly instanceId: string
}
