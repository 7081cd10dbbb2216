import { type Command, CommanderError } from 'commander'
import { CommandError, InterruptedError, UsageError } from './command-error.ts'
import { follow, normalizeWords } from './command-line.ts'
import { complete } from './complete.ts'
import type { CliContext } from './context.ts'
import { type Advice, errorAdvice } from './error-text.ts'
import { usageText } from './help.ts'
import { bindTo } from './invocation.ts'
import { misuse } from './misuse.ts'
import { createProgram } from './program.ts'

/** As shells report a program that was ended by Ctrl-C (128 + SIGINT). */
const interruptedCode = 130

/** The word by which shells and kubectl ask for completions, as with every Cobra program. */
const completeWord = '__complete'

/** Hints are for people: what scripts read stays what the published plugin says. */
const tell = ({ err }: CliContext, { text, hint }: Advice): void =>
  err.write(`Error: ${text}\n${err.isTty && hint ? `${hint}\n` : ''}`)

const report = (error: unknown, words: readonly string[], program: Command, context: CliContext): number => {
  const { command } = follow(program, words)
  if (error instanceof InterruptedError) return interruptedCode
  if (error instanceof UsageError) {
    context.err.write(usageText(command))
    return 1
  }
  if (!(error instanceof CommanderError)) {
    tell(context, errorAdvice(error))
    return error instanceof CommandError ? error.exitCode : 1
  }
  if (error.code === 'commander.helpDisplayed') return 0
  const said = misuse(error, command, words)
  if (typeof said === 'string') context.err.write(said)
  else tell(context, said)
  return 1
}

/** `help get rollout` is `get rollout --help`. */
const withHelpWord = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv

/**
 * Runs one command line, without the names of the program and of Node, and answers the exit code. Everything it says goes
 * to the context; it never ends the process.
 */
export const run = async (argv: readonly string[], context: CliContext): Promise<number> => {
  // Help that is asked for is printed by the parser; what it would print of a mistake is printed below.
  let code = 0
  const bind = bindTo(context, (answer) => {
    code = answer
  })
  const program = createProgram(bind, { writeOut: (text) => context.out.write(text), writeErr: () => {} })
  if (argv[0] === completeWord) {
    await complete(program, argv.slice(1), context)
    return 0
  }
  const given = withHelpWord(argv)
  try {
    await program.parseAsync(normalizeWords(program, given), { from: 'user' })
    return code
  } catch (error) {
    return report(error, given, program, context)
  }
}
