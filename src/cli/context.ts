import type { KubeClient } from '../kube/client.ts'
import type { Transport } from '../kube/transport.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConnectionFlags } from './connection-flags.ts'
import type { Outside } from './outside.ts'

/** Where a command writes to. */
export interface Output {
  write(text: string): void
  /** Whether a person looks at it: a terminal that can be repainted. */
  readonly isTty: boolean
  /** Size of the terminal at the moment; `undefined` where there is none. */
  readonly columns: number | undefined
  readonly rows: number | undefined
}

/** The cluster that the flags name. */
export interface Cluster {
  readonly transport: Transport
  readonly client: KubeClient
  /** Where a command works that is told no namespace. */
  readonly namespace: string
  /** Lets go of all connections. */
  close(): void
}

/** Everything that commands take from the process, so that tests decide it. */
export interface CliContext {
  readonly out: Output
  readonly err: Output
  readonly clock: Clock
  readonly random: () => number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the user interrupts the command. */
  readonly signal: AbortSignal
  readonly build: BuildInfo
  /** Reads a file as text. Rejects as `node:fs` does. */
  readFile(path: string): Promise<string>
  /** Reads standard input to its end. */
  readInput(): Promise<string>
  /** The dashboard's page: one HTML document. Rejects where it is not built. */
  dashboardPage(): Promise<string>
  /** The network beyond the cluster. Only called by commands that send something there. */
  outside(): Promise<Outside>
  /** Finds the cluster. Only called by commands that need one, since it loads most of the program. */
  connect(flags: ConnectionFlags, log: Logger): Promise<Cluster>
}

/** Where this program comes from. Empty texts where that is not known. */
export interface BuildInfo {
  readonly version: string
  readonly date: string
  readonly commit: string
  readonly treeState: string
  /** `v24.1.0`, as Node names itself. */
  readonly nodeVersion: string
  /** `linux/x64`. */
  readonly platform: string
}
