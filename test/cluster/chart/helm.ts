import { join } from 'node:path'
import { ensureHelm } from '../harness/binaries.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { HarnessError } from '../harness/errors.ts'
import { type CommandResult, runCommand } from '../harness/kubectl.ts'

/** The chart in the repository. */
export const chartFolder = join(import.meta.dirname, '..', '..', '..', 'charts', 'crossfade')

/** The real Helm, as an administrator of a control plane, with folders of its own for what it remembers. */
export interface Helm {
  /** What it prints. @throws HarnessError with its complaint when it ends with another code than 0 */
  run(...args: readonly string[]): Promise<string>
  /** The same, for cases in which it refuses. */
  attempt(...args: readonly string[]): Promise<CommandResult>
}

/** Helm for a control plane; built from its Go module when that has not been done. @throws HarnessError */
export async function createHelm({ directory, kubeconfig }: ControlPlane): Promise<Helm> {
  const command = await ensureHelm((line) => console.log(`# ${line}`))
  const env = {
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(directory, 'helm', 'cache'),
    HELM_CONFIG_HOME: join(directory, 'helm', 'config'),
    HELM_DATA_HOME: join(directory, 'helm', 'data'),
  }
  const attempt = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(command, args, { env, timeout: 120_000 })
  return {
    attempt,
    async run(...args) {
      const { code, stdout, stderr } = await attempt(...args)
      if (code !== 0) throw new HarnessError(`helm ${args.join(' ')}: ${stderr.trim()}`)
      return stdout
    },
  }
}
