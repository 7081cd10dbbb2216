import { mkdir, rm, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import type { ControlPlane } from './control-plane.ts'
import { HarnessError } from './errors.ts'
import { type CommandResult, runCommand } from './kubectl.ts'

const repository = join(import.meta.dirname, '..', '..', '..')

/** Runs `kubectl crossfade …` as the administrator. A bad exit code is an answer, not an error. */
export type Plugin = (...args: string[]) => Promise<CommandResult>

/**
 * The plugin as users have it: the bundle, built from the sources as they are now, found by the real kubectl on PATH.
 * @throws HarnessError when it cannot be built
 */
export async function installPlugin(plane: ControlPlane): Promise<Plugin> {
  const build = await runCommand(process.execPath, [join('scripts', 'build.ts')], { cwd: repository })
  if (build.code !== 0) throw new HarnessError(`building the plugin: ${build.stderr.trim()}`)
  const folder = join(plane.directory, 'bin')
  await mkdir(folder, { recursive: true })
  const link = join(folder, 'kubectl-crossfade')
  await rm(link, { force: true })
  await symlink(join(repository, 'dist', 'kubectl-crossfade.cjs'), link)
  // The bundle starts with `env node` and must get the Node that users have, not the one that npm puts before it.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  const env = { PATH: [folder, ...path].join(delimiter), KUBECONFIG: plane.kubeconfig }
  return (...args) => runCommand(plane.binaries.kubectl, ['crossfade', ...args], { env })
}
