import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectOptions } from '../../../src/cli/connect.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const cluster = new ClusterWithRollout()
const aSession = (): CliSession => new CliSession({ transport: cluster.transport, clock: new ManualClock() })
const run = (line: string): Promise<Outcome> => aSession().run(...line.split(' '))

describe('a command that is not given right', () => {
  it('without a name prints its usage on standard error', async () => {
    for (const line of ['abort', 'get rollout', 'retry ro', 'status web other']) {
      const { code, stdout, stderr } = await run(line)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^Usage:\n {2}kubectl crossfade .*ROLLOUT_NAME(\.\.\.)? \[flags\]\n/)
    }
  })

  it('without what it is to work on prints which commands there are', async () => {
    for (const line of ['get', 'get bogus', 'list', 'retry', 'set', 'terminate', '-n shop']) {
      const { code, stdout, stderr } = await run(line)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^Usage:\n {2}kubectl crossfade .*\[flags\]\n.*\[command\]\n[\s\S]*\nAvailable Commands:\n/)
    }
  })

  const mistakes: readonly (readonly [string, string])[] = [
    ['bogus', 'unknown command "bogus" for "kubectl crossfade"\nRun \'kubectl crossfade --help\' for usage.'],
    [
      'abrot',
      'unknown command "abrot" for "kubectl crossfade"\n\nDid you mean this?\n\tabort\n\nRun \'kubectl crossfade --help\' for usage.',
    ],
    ['promote web --ful', 'unknown flag: --ful'],
    ['promote web -x', "unknown shorthand flag: 'x' in -x"],
    [
      'promote web --full=perhaps',
      'invalid argument "perhaps" for "--full" flag: strconv.ParseBool: parsing "perhaps": invalid syntax',
    ],
    ['status web --timeout', 'flag needs an argument: --timeout'],
    ['status web -t', "flag needs an argument: 't' in -t"],
    ['status web --timeout soon', 'invalid argument "soon" for "-t, --timeout" flag: time: invalid duration "soon"'],
    ['status web --timeout 10', 'invalid argument "10" for "-t, --timeout" flag: time: missing unit in duration "10"'],
    ['restart web --in 5x', 'invalid argument "5x" for "-i, --in" flag: time: unknown unit "x" in duration "5x"'],
    ['get rollout web -w -o json', '--watch shows a tree and cannot be used with --output: leave out one of the two'],
    ['pause web --loglevel loud', 'not a valid level: "loud"; --loglevel takes debug, info, warn, error'],
    [
      'pause web -v many',
      'invalid argument "many" for "-v, --kloglevel" flag: strconv.ParseInt: parsing "many": invalid syntax',
    ],
  ]
  for (const [line, sentence] of mistakes) {
    it(`"${line}" is told what is wrong`, async () => {
      assert.deepEqual(await run(line), { code: 1, stdout: '', stderr: `Error: ${sentence}\n` })
    })
  }

  it('is told more at a terminal', async () => {
    const session = new CliSession({
      transport: cluster.transport,
      clock: new ManualClock(),
      terminal: { columns: 80, rows: 24 },
    })
    const { stderr } = await session.run('promote', 'web', '--ful')
    assert.equal(
      stderr,
      "Error: unknown flag: --ful\n(Did you mean --full?)\nSee 'kubectl crossfade promote --help' for what it takes.\n",
    )
  })
})

describe('help', () => {
  it('is printed on standard output', async () => {
    const { code, stdout, stderr } = await run('--help')
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(
      stdout,
      /^Looks at .*\n\nUsage:\n {2}kubectl crossfade \[flags\]\n {2}kubectl crossfade \[command\]\n\nExamples:\n/,
    )
    assert.equal((await run('help')).stdout, stdout)
  })

  it('takes the place of a command that is not named, as a mistake', async () => {
    const { code, stdout, stderr } = await aSession().run()
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^Usage:\n {2}kubectl crossfade \[flags\]\n/)
  })

  it('of a command has the sections of every program made with Cobra', async () => {
    const { stdout } = await run('help get rollout')
    const titles = stdout.split('\n').filter((line) => /^[A-Z][A-Za-z ]*:$/.test(line))
    assert.deepEqual(titles, ['Usage:', 'Aliases:', 'Examples:', 'Flags:', 'Global Flags:'])
    assert.match(stdout, /\nAliases:\n {2}rollout, ro, rollouts\n/)
    assert.match(stdout, /\n {2}-w, --watch +Keep the tree/)
  })

  it('of a subcommand names its flags, and not those that are deprecated', async () => {
    const { stdout } = await run('promote --help')
    assert.match(stdout, /--full/)
    assert.doesNotMatch(stdout, /skip-all-steps/)
  })
})

describe('version', () => {
  it('asks no server, and ignores further words', async () => {
    const session = aSession()
    const { stdout } = await session.run('version', 'x', '--short')
    assert.equal(stdout, 'kubectl-crossfade: v1.2.3\n')
    assert.equal(session.flags, undefined)
  })

  it('says where the program comes from', async () => {
    assert.equal(
      (await run('version')).stdout,
      'kubectl-crossfade: v1.2.3\n  BuildDate: unknown\n  GitCommit: abc\n  GitTreeState: clean\n  NodeVersion: v20\n  Platform: linux/x64\n',
    )
  })
})

describe('completion', () => {
  const offered = async (...words: string[]): Promise<readonly string[]> => {
    const { code, stdout } = await aSession().run('__complete', ...words)
    assert.equal(code, 0)
    return stdout.trimEnd().split('\n')
  }

  it('offers commands, and their flags', async () => {
    assert.deepEqual(await offered('pro'), ['promote\tGo on with a release', ':4'])
    assert.deepEqual(await offered('get', ''), [
      'rollout\tShow a Rollout and all that belongs to it',
      'experiment\tShow an Experiment and all that belongs to it',
      ':4',
    ])
    assert.deepEqual(await offered('promote', '--fu'), ['--full\tSkip all that is left of the release', ':4'])
  })

  it('offers the names of Rollouts where one is expected, and only there', async () => {
    for (const words of [['abort'], ['get', 'ro'], ['status', '-t', '5m'], ['-n', 'default', 'undo']]) {
      assert.deepEqual(await offered(...words, ''), ['web\tProgressing', ':4'])
    }
    assert.deepEqual(await offered('abort', 'x'), [':4'])
    assert.deepEqual(await offered('abort', 'web', ''), [':4'])
  })

  it('offers values of flags and arguments', async () => {
    assert.deepEqual(await offered('get', 'rollout', 'web', '-o', ''), ['json', 'yaml', 'wide', ':4'])
    assert.deepEqual(await offered('wait', 'web', '--for', 'st'), ['step=', ':4'])
    assert.ok((await offered('abort', '-n', 'def')).includes('default'))
    assert.deepEqual(await offered('completion', 'z'), ['zsh', ':4'])
  })

  it('offers nothing, and says nothing, when the cluster does not answer', async () => {
    const transport = { ...cluster.transport, request: () => Promise.reject(new Error('down')) }
    const outcome = await new CliSession({ transport, clock: new ManualClock() }).run('__complete', 'abort', '')
    assert.deepEqual(outcome, { code: 0, stdout: ':4\n', stderr: '' })
  })

  it('prints a script for every shell, and the program that kubectl asks', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      assert.match((await run(`completion ${shell}`)).stdout, /kubectl-crossfade __complete/)
    }
    const { stdout, stderr } = await run('completion install')
    assert.equal(stdout, '#!/usr/bin/env sh\nexec kubectl-crossfade __complete "$@"\n')
    assert.match(stderr, /kubectl_complete-crossfade/)
    assert.equal(
      (await run('completion tcsh')).stderr,
      'Error: invalid argument "tcsh" for "kubectl crossfade completion"\n',
    )
    assert.equal((await run('completion')).stderr, 'Error: accepts 1 arg(s), received 0\n')
  })
})

describe("kubectl's flags", () => {
  it('choose the cluster and the credentials as fields of a kubeconfig', async () => {
    const session = aSession()
    const line =
      'abort web --context c --server https://s --certificate-authority ca.pem --token t --as jane --as-group a,b --as-group c --request-timeout 5'
    await session.run(...line.split(' '))
    assert.ok(session.flags)
    const { clusterFields, userFields, context } = connectOptions(session.flags)
    assert.equal(context, 'c')
    assert.deepEqual(clusterFields, {
      server: 'https://s',
      'certificate-authority': 'ca.pem',
      'certificate-authority-data': null,
    })
    assert.deepEqual(userFields, { token: 't', as: 'jane', 'as-groups': ['a', 'b', 'c'] })
    assert.equal(session.flags.requestTimeoutMs, 5000)
  })
})
