import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { serveSandbox } from '../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts'
import { ClusterWithRollout } from '../builders/cluster-with-rollout.ts'

const program = join(import.meta.dirname, '../../src/bin/kubectl-crossfade.ts')

describe('in bash, with the script of completion', () => {
  const cluster = new ClusterWithRollout()
  let folder: string
  let close: () => Promise<void>

  before(async () => {
    const front = await serveSandbox({ server: cluster.sandbox.server, token: 'secret' })
    close = () => front.close()
    folder = mkdtempSync(join(tmpdir(), 'crossfade-completion-'))
    writeFileSync(join(folder, 'kubeconfig'), kubeconfigFor(front))
    const plugin = join(folder, 'kubectl-crossfade')
    writeFileSync(plugin, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    chmodSync(plugin, 0o755)
  })

  after(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What bash offers for the last of the words when somebody presses Tab behind it. */
  const offered = async (...words: string[]): Promise<readonly string[]> => {
    const script = [
      'source <(kubectl-crossfade completion bash)',
      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '__crossfade_complete',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n')
    const env = {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      KUBECONFIG: join(folder, 'kubeconfig'),
    }
    const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', 'kubectl-crossfade', ...words], { env })
    return stdout.trimEnd().split('\n')
  }

  it('commands are offered, without their descriptions', async () => {
    assert.deepEqual(await offered('prom'), ['promote'])
    assert.deepEqual(await offered('get', ''), ['rollout', 'experiment'])
  })

  it('names of Rollouts are offered', async () => {
    assert.deepEqual(await offered('get', 'rollout', ''), ['web'])
  })
})
