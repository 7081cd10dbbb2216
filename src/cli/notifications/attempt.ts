import { errorAdvice } from '../error-text.ts'
import type { Invocation } from '../invocation.ts'

/**
 * Does a part of a command. As published, what keeps it from that is told on standard error after these words, and the command ends with
 * code 0: the answer is undefined then.
 */
export const attempt = async <T>(
  { context }: Invocation,
  words: string,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work()
  } catch (error) {
    context.err.write(`${words}: ${errorAdvice(error).text}\n`)
    return undefined
  }
}
