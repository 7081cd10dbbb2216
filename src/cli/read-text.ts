import { CommandError } from './command-error.ts'
import type { CliContext } from './context.ts'

/** Node says `ENOENT: no such file or directory, open 'x'`; programs in Go say it the other way round. */
const systemMessage = (error: unknown): string | undefined =>
  error instanceof Error ? /^E[A-Z0-9]+: ([^,]+), (?:open|read)\b/.exec(error.message)?.[1] : undefined

/** Reads a file that a flag names; `-` is standard input. Throws CommandError, in kubectl's words, when it cannot be read. */
export const readText = async (
  { readFile, readInput }: Pick<CliContext, 'readFile' | 'readInput'>,
  path: string,
): Promise<string> => {
  if (path === '-') return readInput()
  try {
    return await readFile(path)
  } catch (error) {
    const message = systemMessage(error) ?? (error instanceof Error ? error.message : String(error))
    throw new CommandError(`open ${path}: ${message}`, { cause: error })
  }
}
