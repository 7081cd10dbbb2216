import { isCompleted } from '../api/phases.ts'
import type { KubeEvent } from '../kube/event-object.ts'

const normal = (reason: string, message: string): KubeEvent => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): KubeEvent => ({ type: 'Warning', reason, message })

/** Everything that has ended without success is a warning. */
const byPhase = (phase: string): typeof normal => (isCompleted(phase) && phase !== 'Successful' ? warning : normal)

const withDetail = (text: string, detail: string | undefined): string =>
  detail === undefined || detail === '' ? text : `${text}: ${detail}`

/** A change of a state; the texts of all events here are the published ones. */
interface Transition {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly message?: string | undefined
}

/** The pods of a template came into another state. */
export const templateChanged = ({ name, from, to, message }: Transition): KubeEvent =>
  byPhase(to)(`Template${to}`, withDetail(`Template '${name}' transitioned from ${from} -> ${to}`, message))

/** An analysis of the Experiment came into another phase. */
export const analysisChanged = ({ name, from, to, message }: Transition): KubeEvent =>
  byPhase(to)(`AnalysisRun${to}`, withDetail(`AnalysisRun '${name}' transitioned from ${from} -> ${to}`, message))

/** The Experiment came into another phase. */
export const experimentChanged = (from: string, to: string): KubeEvent =>
  byPhase(to)(`Experiment${to}`, `Experiment transitioned from ${from} -> ${to}`)

/** A run is told to end. */
export const analysisRunTerminating = (analysis: string, run: string): KubeEvent =>
  normal('AnalysisRunTerminating', `Terminating ${analysis} (${run})`)

/** A ReplicaSet was created for a template. */
export const newReplicaSetCreated = (replicaSet: string, size: number): KubeEvent =>
  normal('NewReplicaSetCreated', `Created new replica set "${replicaSet}" with size ${size}`)

/** A ReplicaSet could not be created. */
export const replicaSetCreateError = (replicaSet: string, error: string): KubeEvent =>
  warning('ReplicaSetCreateError', `Failed to create new replica set "${replicaSet}": ${error}`)

/** A ReplicaSet got another size. */
export const scalingReplicaSet = (replicaSet: string, from: number, to: number): KubeEvent =>
  normal('ScalingReplicaSet', `Scaled ${from < to ? 'up' : 'down'} ReplicaSet ${replicaSet} from ${from} to ${to}`)

/** A ReplicaSet could not get another size. */
export const replicaSetUpdateError = (
  replicaSet: string,
  { from, to }: { readonly from: number; readonly to: number },
  error: string,
): KubeEvent => warning('ReplicaSetUpdateError', `Failed to scale ${replicaSet} ${from < to ? 'up' : 'down'}: ${error}`)
