import { DemoArgumentError, demoHelp, parseDemoArguments } from '../demo/arguments.ts'
import { showDemo } from '../demo/show.ts'
import { systemClock } from '../lib/clock.ts'
import { ScenarioError } from '../sandbox/scenario/scenario-error.ts'
import { PageNotBuiltError, readBuiltPage } from '../server/dashboard/built-page.ts'

const { stdout, env } = process

const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb'

const run = async (): Promise<void> => {
  const demo = parseDemoArguments(process.argv.slice(2))
  if (demo.help) {
    stdout.write(demoHelp)
    return
  }
  const interrupted = new AbortController()
  // A second Ctrl-C ends the process as usual.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  await showDemo(demo, {
    output: stdout,
    terminal: () => (isTerminal ? { columns: stdout.columns || 80, rows: stdout.rows || 24 } : undefined),
    color: isTerminal && (env.NO_COLOR ?? '') === '',
    dashboardPage: readBuiltPage,
    clock: systemClock,
    signal: interrupted.signal,
  })
}

try {
  await run()
} catch (error) {
  const isTold = [DemoArgumentError, ScenarioError, PageNotBuiltError].some((known) => error instanceof known)
  if (!isTold || !(error instanceof Error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
