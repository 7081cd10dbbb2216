import type { Color, Span } from './line.ts'

/**
 * The signs that stand before kinds and states. They are those of the published plugin: people, and scripts that read its
 * output, know them.
 */
export const kindIcons = {
  Rollout: '⟳',
  Revision: '#',
  ReplicaSet: '⧉',
  Pod: '□',
  Experiment: 'Σ',
  AnalysisRun: 'α',
  Job: '⊞',
} as const

/** A kind that has a row in a tree. */
export type TreeKind = keyof typeof kindIcons

const waiting: Span = { text: '◷', color: 'yellow' }
const running: Span = { text: '◌', color: 'brightBlue' }
const warning: Span = { text: '⚠', color: 'red' }
const unknown: Span = { text: '?', color: 'yellow' }
const ok: Span = { text: '✔', color: 'green' }
const bad: Span = { text: '✖', color: 'red' }
const paused: Span = { text: '॥' }
const neutral: Span = { text: '•' }
const none: Span = { text: ' ' }

/** The signs of the four ways in which a measurement ends, in the order in which they are counted. */
export const measurementIcons = { successful: ok, failed: bad, inconclusive: unknown, error: warning } as const

const icons: ReadonlyMap<string, Span> = new Map([
  ['Healthy', ok],
  ['Progressing', running],
  ['Paused', paused],
  ['Degraded', bad],
  ['InvalidSpec', warning],
  ['Pending', waiting],
  ['Running', running],
  ['Successful', ok],
  ['Failed', bad],
  ['Error', warning],
  ['Inconclusive', unknown],
  ['ScaledDown', neutral],
  ['ReplicaFailure', bad],
  ['Unknown', unknown],
])

/** The sign of a phase of a Rollout, a ReplicaSet, an Experiment, an AnalysisRun or a measurement. */
export const phaseIcon = (phase: string): Span => icons.get(phase) ?? none

const podIcons: ReadonlyMap<string, Span> = new Map([
  ['Pending', running],
  ['Terminating', running],
  ['ContainerCreating', running],
  ['Running', ok],
  ['Completed', ok],
  ['Failed', bad],
  ['InvalidImageName', bad],
  ['CrashLoopBackOff', bad],
  ['ImagePullBackOff', warning],
  ['RegistryUnavailable', warning],
  ['Unknown', unknown],
])

/** The sign of what kubectl shows as the status of a pod. States without a sign of their own have none. */
export const podIcon = (status: string): Span => {
  if (status.startsWith('Init:')) return running
  if (/^(Signal|ExitCode):/.test(status)) return bad
  if (status.endsWith('Error') || status.startsWith('Err')) return warning
  return podIcons.get(status) ?? none
}

/** Colours of the roles that a ReplicaSet has. */
export const roleColors: Readonly<Record<string, Color>> = {
  canary: 'yellow',
  stable: 'green',
  active: 'green',
  preview: 'brightBlue',
  ping: 'brightBlue',
  pong: 'brightBlue',
}
