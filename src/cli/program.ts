import { Command, type OutputConfiguration } from 'commander'
import { abortCommand } from './commands/abort.ts'
import { completionCommand } from './commands/completion.ts'
import { createCommand } from './commands/create.ts'
import { dashboardCommand } from './commands/dashboard.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { eventsCommand } from './commands/events.ts'
import { getCommand } from './commands/get.ts'
import { historyCommand } from './commands/history.ts'
import { lintCommand } from './commands/lint.ts'
import { listCommand } from './commands/list.ts'
import { notificationsCommand } from './commands/notifications.ts'
import { pauseCommand } from './commands/pause.ts'
import { promoteCommand } from './commands/promote.ts'
import { restartCommand } from './commands/restart.ts'
import { retryCommand } from './commands/retry.ts'
import { setCommand } from './commands/set.ts'
import { statusCommand } from './commands/status.ts'
import { terminateCommand } from './commands/terminate.ts'
import { undoCommand } from './commands/undo.ts'
import { versionCommand } from './commands/version.ts'
import { waitCommand } from './commands/wait.ts'
import { addConnectionFlags } from './connection-flags.ts'
import { SectionedHelp } from './help.ts'
import type { Bind } from './invocation.ts'

/** All commands. A new one is one more file in `commands/` and one more line here. */
const commands: readonly ((bind: Bind) => Command)[] = [
  getCommand,
  listCommand,
  historyCommand,
  eventsCommand,
  statusCommand,
  waitCommand,
  promoteCommand,
  abortCommand,
  retryCommand,
  createCommand,
  diffCommand,
  lintCommand,
  terminateCommand,
  pauseCommand,
  restartCommand,
  undoCommand,
  setCommand,
  notificationsCommand,
  doctorCommand,
  dashboardCommand,
  versionCommand,
  completionCommand,
]

/** What every command inherits: no exit on its own, and help in one form. */
const settle = (command: Command, output: OutputConfiguration): void => {
  command.createHelp = () => new SectionedHelp()
  command
    .exitOverride()
    .helpCommand(false)
    .helpOption('-h, --help', 'Show this help')
    // Messages are printed in one place, after everything is known about how the command ended.
    .configureOutput({ ...output, outputError: () => {} })
  for (const child of command.commands) settle(child, output)
}

/** Makes the tree of commands. `bind` gives them what they take from the process; help goes to `output`. */
export const createProgram = (bind: Bind, output: OutputConfiguration = {}): Command => {
  const program = new Command('kubectl crossfade')
    .summary('Look at and steer progressive releases')
    .description('Looks at and steers the releases of Rollouts (argoproj.io/v1alpha1).')
    .option('--loglevel <level>', 'What is logged on standard error: debug, info, warn or error', 'info')
  addConnectionFlags(program)
  for (const make of commands) program.addCommand(make(bind))
  settle(program, output)
  return program
}
