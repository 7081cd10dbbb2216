import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The page is not there: it is built, and not part of the sources. */
export class PageNotBuiltError extends Error {
  override readonly name = 'PageNotBuiltError'
}

/**
 * The page as `npm run build` makes it, for whoever runs from the sources; bundles have it in them.
 * @throws PageNotBuiltError
 */
export const readBuiltPage = async (): Promise<string> => {
  try {
    return await readFile(fileURLToPath(new URL('../../../dist/dashboard.html', import.meta.url)), 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PageNotBuiltError(`reading the dashboard's page: ${why}. Run 'npm run build' first.`, { cause })
  }
}
