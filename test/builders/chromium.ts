import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of a Chromium that is in PATH. Throws, saying how to install one, where there is none. */
export const chromiumPath = (): string => {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  if (found !== undefined) return found
  throw new Error(
    `starting a browser: none of ${names.join(', ')} is in PATH; on Debian, run: apt-get install chromium`,
  )
}
