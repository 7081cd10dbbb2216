import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Front, serveSandbox } from '../../src/sandbox/http/front.ts'
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts'
import { ClusterWithRollout } from '../builders/cluster-with-rollout.ts'

const program = join(import.meta.dirname, '../../src/bin/kubectl-crossfade.ts')

const hasTmux = (): boolean => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const skip = hasTmux() ? false : 'a terminal is needed that a test can look at: install tmux'

const waiting = { phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 }
const healthy = { phase: 'Healthy', message: '', currentStepIndex: 3 }

const columns = 80
const rows = 24
const patienceMs = 30_000
const pollMs = 50

describe('in a terminal of 80 columns', { skip }, () => {
  const cluster = new ClusterWithRollout()
  let front: Front
  let folder: string

  const tmux = (...words: string[]): string =>
    execFileSync('tmux', ['-L', `crossfade-test-${process.pid}`, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })

  /** What stands on the screen, once it is as wanted. */
  const screen = async (wanted: RegExp): Promise<string> => {
    const end = performance.now() + patienceMs
    for (;;) {
      const text = tmux('capture-pane', '-p')
      if (wanted.test(text)) return text
      if (performance.now() > end) assert.fail(`${wanted} did not come to stand on the screen:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }

  /** Begins a program on a clean screen. All that it sends is kept in the file that is answered. */
  const begin = (command: string, env = ''): string => {
    const record = join(folder, `record-${performance.now()}`)
    tmux('respawn-pane', '-k', `export KUBECONFIG=${join(folder, 'kubeconfig')} ${env}; exec sh`)
    tmux('pipe-pane', `cat > ${record}`)
    tmux('send-keys', `clear; ${process.execPath} ${program} ${command}; echo ended with $?`, 'Enter')
    return record
  }

  before(async () => {
    front = await serveSandbox({ server: cluster.sandbox.server, token: 'secret' })
    folder = mkdtempSync(join(tmpdir(), 'crossfade-terminal-'))
    writeFileSync(join(folder, 'kubeconfig'), kubeconfigFor(front))
    tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), 'sh')
    tmux('set-option', '-g', 'remain-on-exit', 'on')
    cluster.addRevision(1, 'registry.example.com/a/rather/long/name/of/an/image/that/does/not/fit:2026-01-01')
  })

  after(async () => {
    tmux('kill-server')
    await front.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('get -w repaints in place, without clearing the screen, and leaves the last frame and the cursor', async () => {
    cluster.setStatus(waiting)
    const record = begin('get rollout web -w')
    const first = await screen(/॥ Paused/)
    assert.match(first, /^Name: {12}web\n/)
    assert.ok(first.split('\n').every((line) => [...line].length <= columns))
    cluster.setStatus(healthy)
    const second = await screen(/✔ Healthy/)
    assert.doesNotMatch(second, /Paused/)
    assert.match(second, /^Name: {12}web\n/, 'it is drawn over the frame before, not below it')
    assert.equal(tmux('display-message', '-p', '#{cursor_flag}').trim(), '0', 'the cursor is hidden meanwhile')
    tmux('send-keys', 'C-c')
    assert.match(await screen(/ended with 0/), /✔ Healthy/)
    assert.equal(tmux('display-message', '-p', '#{cursor_flag}').trim(), '1')
    const sent = readFileSync(record, 'utf8')
    const frames = sent.slice(sent.indexOf('Name:'))
    assert.ok(!frames.includes('\u001b[2J'), 'a screen that is cleared flickers')
  })

  it('get -w cuts what does not fit, and says what is missing', async () => {
    cluster.setStatus(healthy)
    tmux('resize-window', '-x', '40', '-y', '10')
    begin('get rollout web -w')
    const text = await screen(/more lines/)
    assert.ok(text.split('\n').every((line) => [...line].length <= 40))
    tmux('send-keys', 'C-c')
    await screen(/ended with 0/)
    tmux('resize-window', '-x', String(columns), '-y', String(rows))
  })

  it('draws without colours and signs where the terminal has none', async () => {
    cluster.setStatus(healthy)
    const record = begin('get rollout web', 'TERM=dumb LC_ALL=C')
    assert.match(await screen(/ended with 0/), /\+ Healthy/)
    const sent = readFileSync(record, 'utf8')
    const tree = sent.slice(sent.lastIndexOf('Name:'), sent.lastIndexOf('ended'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(tree, /[^\u0000-\u007f]|\u001b\[[0-9;]*m/)
  })

  it('gives hints to people', async () => {
    begin('abort typo')
    assert.match(await screen(/ended with 1/), /not found\nSee which there are with 'kubectl crossfade list rollouts/)
  })
})
