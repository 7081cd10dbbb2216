import { type Command, CommanderError } from 'commander'
import { CommandError, InterruptedError } from './command-error.ts'
import { follow, normalizeWords } from './command-line.ts'
import { complete } from './complete.ts'
import type { CliContext } from './context.ts'
import { errorText } from './error-text.ts'
import { bindTo } from './invocation.ts'
import { createProgram } from './program.ts'

/** As shells report a program that was ended by Ctrl-C (128 + SIGINT). */
const interruptedCode = 130

/** The word by which shells and kubectl ask for completions, as with every Cobra program. */
const completeWord = '__complete'

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()

/**
 * Without a name the usage is all that is said, as in the published plugin; any other misuse is one line that says what is
 * wrong, and where to look.
 */
const misuseText = (error: CommanderError, command: Command): string => {
  if (error.code === 'commander.missingArgument') return command.helpInformation()
  const sentence = error.message.replace(/^error: /, '')
  return `Error: ${sentence}\nSee '${pathOf(command)} --help' for what it takes.\n`
}

const report = (error: unknown, words: readonly string[], program: Command, context: CliContext): number => {
  if (error instanceof InterruptedError) return interruptedCode
  if (!(error instanceof CommanderError)) {
    context.err.write(`Error: ${errorText(error)}\n`)
    return error instanceof CommandError ? error.exitCode : 1
  }
  if (error.code.startsWith('commander.help')) return error.exitCode
  context.err.write(misuseText(error, follow(program, words).command))
  return 1
}

/**
 * Runs one command line, without the names of the program and of Node, and answers the exit code. Everything it says goes
 * to the context; it never ends the process.
 */
export const run = async (argv: readonly string[], context: CliContext): Promise<number> => {
  const program = createProgram(bindTo(context), {
    writeOut: (text) => context.out.write(text),
    writeErr: (text) => context.err.write(text),
  })
  if (argv[0] === completeWord) {
    await complete(program, argv.slice(1), context)
    return 0
  }
  if (argv.length === 0) {
    context.out.write(program.helpInformation())
    return 0
  }
  const words = normalizeWords(program, argv)
  try {
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    return report(error, words, program, context)
  }
}
