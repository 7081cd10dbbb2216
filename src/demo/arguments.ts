import { parseArgs } from 'node:util'

/** What the demo was asked to do. */
export interface DemoArguments {
  /** Leave the sandbox up afterwards, for kubectl. */
  readonly keep: boolean
  /** Show it in a browser, and leave the sandbox up afterwards. */
  readonly dashboard: boolean
  /** A scenario of one's own; the built-in one when absent. */
  readonly scenario: string | undefined
  /** Seconds of the scenario that pass in one second on a terminal, or in a browser. */
  readonly speed: number
  readonly help: boolean
}

/** Why a command line cannot be used, with what to do about it. */
export class DemoArgumentError extends Error {
  override readonly name = 'DemoArgumentError'
}

const defaultSpeed = 6

/** What `--help` prints. */
export const demoHelp = `Plays releases in memory: a cluster, its traffic and its Prometheus, with the real controllers. Nothing is installed.

Usage: npm run demo [-- OPTIONS]

  --scenario FILE   Play this scenario instead of the built-in one (format: docs/scenarios.md).
  --keep            Leave the cluster up afterwards and print how kubectl reaches it.
  --dashboard       Show it in a browser: print the address of a dashboard, and leave the cluster up as --keep does.
  --speed N         Seconds of the scenario in one second, on a terminal or in a browser. Default ${defaultSpeed}.
  --help            Print this.

Without a terminal, or with TERM=dumb, plain lines are printed as fast as they come. NO_COLOR is honoured.
`

const options = {
  keep: { type: 'boolean', default: false },
  dashboard: { type: 'boolean', default: false },
  scenario: { type: 'string' },
  speed: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line. Throws {@link DemoArgumentError}. */
export const parseDemoArguments = (args: readonly string[]): DemoArguments => {
  try {
    const { values } = parseArgs({ args: [...args], options })
    const speed = Number(values.speed ?? defaultSpeed)
    if (!(speed > 0)) throw new DemoArgumentError(`--speed ${values.speed}: give a number above 0`)
    return {
      keep: values.keep || values.dashboard,
      dashboard: values.dashboard,
      scenario: values.scenario,
      speed,
      help: values.help,
    }
  } catch (cause) {
    if (cause instanceof DemoArgumentError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DemoArgumentError(`${reason}\nSee --help for what there is.`, { cause })
  }
}
