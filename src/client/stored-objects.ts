import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Pod } from '../api/kubernetes/pod.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { Rollout } from '../api/rollout.ts'
import type { StoredObject } from '../kube/informer.ts'
import { objectOr } from '../lib/json-value.ts'

/**
 * Objects as the API server has stored them. The server holds them to their schema, so that they are taken for what they
 * say they are: checking them again would double the time that a command takes to start.
 */
const as =
  <T>() =>
  (object: StoredObject): T =>
    ({ ...object, spec: objectOr(object.spec), status: objectOr(object.status) }) as unknown as T

/** A stored Rollout. */
export const asRollout = as<Rollout>()
/** A stored ReplicaSet. */
export const asReplicaSet = as<ReplicaSet>()
/** A stored Pod. */
export const asPod = as<Pod>()
/** A stored AnalysisRun. */
export const asAnalysisRun = as<AnalysisRun>()
/** A stored Experiment. */
export const asExperiment = as<Experiment>()
