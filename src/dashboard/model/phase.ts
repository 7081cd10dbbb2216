/** How a phase is meant: what its icon and its colour say. */
export type Tone = 'good' | 'busy' | 'waiting' | 'bad' | 'warning' | 'unknown' | 'off'

const tones: Readonly<Record<string, Tone>> = {
  Healthy: 'good',
  Successful: 'good',
  Running: 'busy',
  Progressing: 'busy',
  Pending: 'waiting',
  Paused: 'waiting',
  Degraded: 'bad',
  Failed: 'bad',
  ReplicaFailure: 'bad',
  Error: 'warning',
  InvalidSpec: 'warning',
  Inconclusive: 'unknown',
  ScaledDown: 'off',
}

/** The tone of a phase of a Rollout, a ReplicaSet, an Experiment, an AnalysisRun or a measurement. */
export const phaseTone = (phase: string): Tone => tones[phase] ?? 'unknown'

const podTones: Readonly<Record<string, Tone>> = {
  Pending: 'busy',
  Terminating: 'busy',
  ContainerCreating: 'busy',
  Running: 'good',
  Completed: 'good',
  Successful: 'good',
  Failed: 'bad',
  InvalidImageName: 'bad',
  CrashLoopBackOff: 'bad',
  ImagePullBackOff: 'warning',
  RegistryUnavailable: 'warning',
}

const isReady = (ready: string): boolean => {
  const [current, total] = ready.split('/')
  return current !== undefined && current !== '' && current === total
}

/**
 * The tone of a pod, by what kubectl shows of it, with the words that the published page knows. A pod that runs and is not
 * ready yet is busy.
 * @param ready containers that are ready of all, such as `1/2`
 */
export const podTone = (status: string, ready: string): Tone => {
  if (status.startsWith('Init:')) return 'busy'
  if (/^(Signal|ExitCode):/.test(status)) return 'bad'
  if (status.endsWith('Error') || status.startsWith('Err')) return 'warning'
  if (status === 'Running' && !isReady(ready)) return 'busy'
  return podTones[status] ?? 'unknown'
}
