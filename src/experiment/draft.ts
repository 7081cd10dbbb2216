import type { AnalysisRun } from '../api/analysis-run.ts'
import type { ExperimentAnalysisStatus, ExperimentStatus, TemplateStatus } from '../api/experiment.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { experimentTemplateNameAnnotation } from '../api/labels.ts'
import { isCompleted } from '../api/phases.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { Announcement, ExperimentEffect, ExperimentPlan } from './plan.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

const templateOf = ({ metadata }: { readonly metadata: DeepReadonly<ObjectMeta> }): string | undefined =>
  metadata.annotations?.[experimentTemplateNameAnnotation]

/** A plan in the making. Policies read objects from the snapshot, change the status, and write down what they want. */
export class ExperimentDraft {
  readonly snapshot: ExperimentSnapshot
  /** Time of the pass as the status has it. */
  readonly timestamp: string
  /** The status with which the pass began. */
  readonly before: DeepReadonly<ExperimentStatus>
  /** The status with which it ends: what policies change. */
  readonly status: ExperimentStatus
  wakeAt: number | undefined
  readonly #effects: ExperimentEffect[] = []
  readonly #announcements: Announcement[] = []
  /** What the status says only because of an effect: how to take it back. */
  readonly #claims: ((status: ExperimentStatus) => void)[] = []

  constructor(snapshot: ExperimentSnapshot) {
    this.snapshot = snapshot
    this.timestamp = toRfc3339(snapshot.now)
    this.before = snapshot.experiment.status ?? {}
    this.status = cloneJson(this.before) as ExperimentStatus
  }

  /** The state of a template, which is made where there is none yet. */
  template(name: string): TemplateStatus {
    this.status.templateStatuses ??= []
    const known = this.status.templateStatuses.find((template) => template.name === name)
    if (known !== undefined) return known
    const fresh = { name, replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }
    this.status.templateStatuses.push(fresh)
    return fresh
  }

  /** The state of an analysis, which is made where there is none yet. */
  analysis(name: string): ExperimentAnalysisStatus {
    this.status.analysisRuns ??= []
    const known = this.status.analysisRuns.find((analysis) => analysis.name === name)
    if (known !== undefined) return known
    const fresh = { name, analysisRun: '', phase: '' }
    this.status.analysisRuns.push(fresh)
    return fresh
  }

  /** ReplicaSets of a template: one, or none yet. */
  replicaSetsOf(template: string): readonly DeepReadonly<ReplicaSet>[] {
    return this.snapshot.replicaSets.filter((set) => templateOf(set) === template)
  }

  servicesOf(template: string): readonly DeepReadonly<Service>[] {
    return this.snapshot.services.filter((service) => templateOf(service) === template)
  }

  run(name: string): DeepReadonly<AnalysisRun> | undefined {
    return this.snapshot.analysisRuns.find(({ metadata }) => metadata.name === name)
  }

  /** Whether the Experiment has ended. */
  get isOver(): boolean {
    return isCompleted(this.status.phase)
  }

  /** Asks for a pass at this instant even if nothing changes; the earliest wish counts. */
  wake(atMs: number): void {
    this.wakeAt = Math.min(this.wakeAt ?? Number.POSITIVE_INFINITY, atMs)
  }

  /** Notes a write; `takeBack` undoes what the status says because of it, for the case that it fails. */
  want(effect: ExperimentEffect, takeBack?: (status: ExperimentStatus) => void): void {
    this.#effects.push(effect)
    if (takeBack !== undefined) this.#claims.push(takeBack)
  }

  announce(announcement: Announcement): void {
    this.#announcements.push(announcement)
  }

  get plan(): ExperimentPlan {
    const observed = cloneJson(this.status)
    for (const takeBack of this.#claims) takeBack(observed)
    return {
      effects: this.#effects,
      announcements: this.#announcements,
      status: this.status,
      observed,
      wakeAt: this.wakeAt,
    }
  }
}
