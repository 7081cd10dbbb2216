import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A program that is made once and kept. */
export interface Making {
  readonly name: string
  /** Tells what it is made of from everything else: a changed version is made anew, and the old one stays for other branches. */
  readonly key: string
  /** The program within its folder. */
  readonly file: string
  /** From what and how long, for those who wait. */
  readonly expect: string
  /** Makes it in an empty folder. @throws HarnessError */
  make(folder: string): Promise<void>
}

/** Where made programs are kept: `$CROSSFADE_CACHE`, else `~/.cache/crossfade`. */
function cacheDirectory(): string {
  return process.env.CROSSFADE_CACHE ?? join(homedir(), '.cache', 'crossfade')
}

/**
 * The path of a program, which is made when the cache does not have it. Nobody sees it half made, and one that another
 * process has made meanwhile is as good.
 * @throws HarnessError
 */
export async function ensureKept(making: Making, report: (line: string) => void): Promise<string> {
  const { name, key, file, expect, make } = making
  const folder = join(cacheDirectory(), 'cluster', `${name}-${key}`)
  const program = join(folder, file)
  if (existsSync(program)) return program
  report(`making ${name}, once: ${expect}`)
  const begin = performance.now()
  const elapsed = (): string => `${Math.round((performance.now() - begin) / 1000)} s`
  const ticker = setInterval(() => report(`making ${name}: ${elapsed()}`), 30_000)
  const partial = `${folder}.${process.pid}`
  try {
    await mkdir(partial, { recursive: true })
    await make(partial)
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(program)) throw error
    })
  } finally {
    clearInterval(ticker)
    await rm(partial, { recursive: true, force: true })
  }
  report(`made ${name} in ${elapsed()}: ${folder}`)
  return program
}
