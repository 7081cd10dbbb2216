import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type Front, serveSandbox } from '../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts'
import { ClusterWithRollout } from '../builders/cluster-with-rollout.ts'

const root = join(import.meta.dirname, '../..')
const bundle = join(root, 'dist/kubectl-crossfade.cjs')

/** The bundle begins with `env node` and must get the host's Node, as users have it, not the one that npm puts first. */
const hostPath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  .join(delimiter)

const waiting = { phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 }

describe('the bundle, started by the Node of the host', () => {
  const cluster = new ClusterWithRollout()
  let front: Front
  let folder: string
  let env: Record<string, string>

  before(async () => {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root })
    front = await serveSandbox({ server: cluster.sandbox.server, token: 'secret' })
    folder = mkdtempSync(join(tmpdir(), 'crossfade-cli-'))
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, kubeconfigFor(front))
    env = { PATH: hostPath, KUBECONFIG: kubeconfig }
    cluster.setStatus(waiting)
  })

  after(async () => {
    rmSync(folder, { recursive: true, force: true })
    await front.close()
  })

  const start = (...argv: string[]) => {
    const child = spawn(bundle, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    return { child, said, ended, stdout: child.stdout }
  }

  const run = async (...argv: string[]) => {
    const { said, ended } = start(...argv)
    return { code: await ended, ...said }
  }

  it('tells its version', async () => {
    const { code, stdout } = await run('version')
    assert.equal(code, 0)
    assert.match(stdout, /^kubectl-crossfade: v\d+\.\d+\.\d+\n {2}BuildDate: .*\n[\s\S]* {2}NodeVersion: v\d+/)
  })

  it('reads a Rollout over HTTP', async () => {
    const { code, stdout, stderr } = await run('get', 'rollout', 'web')
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^Name: {12}web\n/)
  })

  it('writes over HTTP', async () => {
    const { code, stdout, stderr } = await run('pause', 'web')
    assert.deepEqual([code, stdout, stderr], [0, "rollout 'web' paused\n", ''])
    assert.equal(cluster.rollout().spec.paused, true)
  })

  it('watches until the release has ended', async () => {
    cluster.setStatus(waiting)
    const { said, ended, stdout } = start('status', 'web', '--timeout', '60s')
    await new Promise((resolve) => stdout.once('data', resolve))
    cluster.setStatus({ phase: 'Healthy', message: '' })
    assert.equal(await ended, 0)
    assert.equal(said.stdout, 'Paused - CanaryPauseStep\nHealthy\n')
  })

  it('ends in order when it is interrupted', async () => {
    cluster.setStatus(waiting)
    const { child, ended, stdout } = start('get', 'rollout', 'web', '--watch')
    await new Promise((resolve) => stdout.once('data', resolve))
    child.kill('SIGINT')
    assert.equal(await ended, 0)
  })

  it('serves the dashboard, with its page, until it is ended', async () => {
    const { child, ended, stdout } = start('dashboard', '--port', '0')
    const [line] = await once(stdout, 'data')
    const { origin, pathname, searchParams } = new URL(/https?:\S+/.exec(String(line))?.[0] ?? '')
    const page = await fetch(`${origin}${pathname}`)
    assert.match(await page.text(), /<base href="\/rollouts\/">[\s\S]*<script/)
    const headers = { authorization: `Bearer ${searchParams.get('token')}` }
    const answer = await fetch(`${origin}${pathname}api/v1/rollouts/default/web/info`, { headers })
    assert.match(await answer.text(), /"status":"Paused"/)
    child.kill('SIGTERM')
    assert.equal(await ended, 0)
  })

  it('says what to do when there is no server', async () => {
    const { code, stdout, stderr } = await run('abort', 'web', '--server', 'http://127.0.0.1:1')
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /ECONNREFUSED[\s\S]*The API server was not reached: check its address/)
  })

  it('says what to do when there is no kubeconfig', async () => {
    const { code, stderr } = await run('abort', 'web', '--kubeconfig', join(folder, 'nope'))
    assert.equal(code, 1)
    assert.match(stderr, /^Error: reading the kubeconfig .*nope: ENOENT/)
  })

  it('offers names to a shell', async () => {
    assert.equal((await run('__complete', 'promote', '')).stdout, 'web\tPaused\n:4\n')
  })

  it('serves a pipe whose reader leaves early', async () => {
    const { child, ended } = start('--help')
    child.stdout.destroy()
    assert.equal(await ended, 0)
  })
})
