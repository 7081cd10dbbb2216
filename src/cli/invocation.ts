import type { Command } from 'commander'
import type { Logger } from '../telemetry/logger.ts'
import { UsageError } from './command-error.ts'
import { connectionFlags } from './connection-flags.ts'
import type { CliContext, Cluster } from './context.ts'
import { cliLogger, logLevelOf } from './log.ts'
import { Options } from './options.ts'

/** What a command gets when it runs. */
export interface Invocation {
  readonly context: CliContext
  /** The words that are no options. */
  readonly args: readonly string[]
  readonly options: Options
  readonly log: Logger
  /** Does something with the cluster that the flags name, and lets go of it then. */
  withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T>
  /** Says what the program exits with although nothing went wrong: an answer for scripts. */
  exitWith(code: number): void
}

/** What a command does. It throws whatever keeps it from doing so. */
export type Run = (invocation: Invocation) => Promise<void>

/** Makes a handler for the parser of what a command does. */
export type Bind = (run: Run) => (this: Command) => Promise<void>

const invocationOf = (context: CliContext, command: Command, exitWith: (code: number) => void): Invocation => {
  const options = new Options(command.optsWithGlobals())
  // A mistake in a flag is told by every command, also by those that need no cluster.
  connectionFlags(options)
  const level = logLevelOf(options.text('loglevel') ?? 'info')
  const log = cliLogger({ level, write: (text) => context.err.write(text), now: () => context.clock.now() })
  return {
    context,
    args: command.args,
    options,
    log,
    exitWith,
    withCluster: async (work) => {
      const cluster = await context.connect(connectionFlags(options), log)
      try {
        return await work(cluster)
      } finally {
        cluster.close()
      }
    },
  }
}

/** Gives commands what they take from the process. */
export const bindTo =
  (context: CliContext, exitWith: (code: number) => void): Bind =>
  (run) =>
    async function (this: Command) {
      await run(invocationOf(context, this, exitWith))
    }

/** A word that the parser has made sure is there. */
export const argument = ({ args }: Invocation, index: number): string => {
  const word = args[index]
  if (word === undefined || word === '') throw new UsageError('an argument is missing or empty')
  return word
}

/** The words of an argument that may be repeated; at least one. */
export const names = ({ args }: Invocation): readonly string[] => {
  if (args.length === 0 || args.includes('')) throw new UsageError('a name is missing or empty')
  return args
}

/** Prints a line on standard output. */
export const say = ({ context }: Invocation, line: string): void => context.out.write(`${line}\n`)
