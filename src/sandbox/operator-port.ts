import type { Net } from '../kube/net.ts'
import type { Transport } from '../kube/transport.ts'
import type { Clock } from '../lib/clock.ts'

/** The controllers under test, as far as a sandbox needs to know them. */
export interface SandboxOperator {
  /** Resolves when the caches are synced and the workers run. */
  start(): Promise<void>
  /** Ends in order: queues drain, events are flushed. */
  stop(): Promise<void>
  /** Whether nothing is queued or in work. */
  idle(): boolean
  /** Ends at once, as a killed process does: nothing is flushed, no call is made any more. */
  crash(): void
}

/** What the controllers get from the sandbox instead of a network and a clock. */
export interface OperatorPorts {
  readonly transport: Transport
  readonly net: Net
  readonly clock: Clock
  readonly random: () => number
}

/** Makes the controllers anew, as a new process would be. The sandbox knows no controller of its own. */
export type MakeOperator = (ports: OperatorPorts) => SandboxOperator

/** The user as which the controllers act. */
export const controllerUser = 'system:serviceaccount:crossfade:crossfade'
