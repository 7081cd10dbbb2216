import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveSandbox } from '../sandbox/http/front.ts'
import { kubeconfigFor } from '../sandbox/http/kubeconfig.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

/** A sandbox that kubectl can reach, and the lines that a shell needs for that. */
export interface KeptCluster {
  readonly shellLines: readonly string[]
  close(): Promise<void>
}

const plugin = fileURLToPath(new URL('../bin/kubectl-crossfade.ts', import.meta.url))

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A command `kubectl-crossfade`, which kubectl finds on the PATH as its plugin, from these sources. */
const writePlugin = (folder: string): void => {
  mkdirSync(folder)
  const script = join(folder, 'kubectl-crossfade')
  writeFileSync(script, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(plugin)} "$@"\n`)
  chmodSync(script, 0o755)
  writeFileSync(join(folder, 'kubectl-crossfade.cmd'), `@"${process.execPath}" "${plugin}" %*\r\n`)
}

/** Opens a sandbox to kubectl: an HTTP server on the loopback address behind a token that is made up for it. */
export const keepCluster = async (sandbox: Sandbox, namespace: string): Promise<KeptCluster> => {
  const front = await serveSandbox({ server: sandbox.server, token: randomBytes(24).toString('base64url') })
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-demo-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigFor(front, namespace), { mode: 0o600 })
  const bin = join(folder, 'bin')
  writePlugin(bin)
  return {
    shellLines: [`export KUBECONFIG=${quote(kubeconfig)}`, `export PATH=${quote(bin)}${delimiter}"$PATH"`],
    close: async () => {
      await front.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
