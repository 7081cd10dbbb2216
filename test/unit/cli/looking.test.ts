import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { rollouts } from '../../../src/api/resources.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import type { Transport } from '../../../src/kube/transport.ts'
import { CliSession, type Outcome, type SessionOptions } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const session = (options: Partial<SessionOptions> = {}): CliSession =>
  new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, ...options })

const waiting = { phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 }
const healthy = { phase: 'Healthy', message: '', currentStepIndex: 3 }

/** A command that runs while time passes, and does not end by itself soon. */
class Background {
  readonly session: CliSession
  #outcome: Outcome | undefined

  constructor(one: CliSession, ...argv: string[]) {
    this.session = one
    void one.run(...argv).then((outcome) => {
      this.#outcome = outcome
    })
  }

  /** What was printed meanwhile. */
  async pass(seconds: number): Promise<string> {
    const before = this.session.out.text.length
    await cluster.sandbox.clock.run({ forMs: seconds * 1000, until: () => this.#outcome !== undefined })
    return this.session.out.text.slice(before)
  }

  async end(): Promise<Outcome> {
    this.session.interrupt()
    await this.pass(10)
    return this.#outcome ?? assert.fail('the command did not end')
  }
}

describe('get rollout', () => {
  beforeEach(setUp)

  it('prints the tree, without colours to a pipe', async () => {
    cluster.setStatus(waiting)
    cluster.addRevision(1, 'web:1', 1)
    await cluster.sandbox.clock.run({ forMs: 5000 })
    const { code, stdout, stderr } = await session().run('get', 'ro', 'web')
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^Name: {12}web\nNamespace: {7}default\nStatus: {10}॥ Paused\nMessage: {9}CanaryPauseStep\n/)
    assert.match(
      stdout,
      /\n└──# revision:1 *\n {3}└──⧉ web-hash1 +ReplicaSet +✔ Healthy .*\n {6}└──□ web-hash1-\w+ .*\n$/,
    )
  })

  const terminal = { columns: 120, rows: 50 }
  const colored: readonly (readonly [string, Partial<SessionOptions>, readonly string[], boolean])[] = [
    ['a terminal', { terminal }, [], true],
    ['a terminal with --no-color', { terminal }, ['--no-color'], false],
    ['a terminal with NO_COLOR', { terminal, env: { NO_COLOR: '1' } }, [], false],
    ['a dumb terminal', { terminal, env: { TERM: 'dumb' } }, [], false],
    ['a pipe with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, [], true],
  ]
  for (const [what, options, flags, expected] of colored) {
    it(`${expected ? 'uses' : 'does not use'} colours for ${what}`, async () => {
      cluster.setStatus(healthy)
      const { stdout } = await session(options).run('get', 'rollout', 'web', ...flags)
      assert.equal(stdout.includes('\u001b[32m'), expected)
    })
  }

  it('prints what the tree shows as data', async () => {
    cluster.setStatus(waiting)
    const { stdout } = await session().run('get', 'rollout', 'web', '-o', 'json')
    const { name, phase, canary } = JSON.parse(stdout)
    assert.deepEqual([name, phase, canary.step], ['web', 'Paused', { index: 1, count: 3 }])
    assert.match((await session().run('get', 'rollout', 'web', '-o', 'yaml')).stdout, /^name: web$/m)
  })

  it('shows images and reasons too with -o wide', async () => {
    cluster.setStatus(waiting)
    cluster.addRevision(1, 'web:1', 1)
    const { stdout } = await session().run('get', 'rollout', 'web', '-o', 'wide')
    assert.match(stdout, /⧉ web-hash1 +ReplicaSet .* web:1,sidecar:1\n/)
  })

  it('draws in ASCII at a terminal whose locale has nothing else', async () => {
    cluster.setStatus(healthy)
    cluster.addRevision(1, 'web:1', 1)
    const at = { terminal: { columns: 80, rows: 24 } }
    const lines = async (env: Record<string, string>): Promise<string> =>
      (await session({ ...at, env }).run('get', 'rollout', 'web', '--no-color')).stdout
    const plain = await lines({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })
    assert.match(plain, /^Status: {10}\+ Healthy *$/m)
    assert.match(plain, /^`--# revision:1 *\n {3}`--= web-hash1 /m)
    assert.match(await lines({ LANG: 'de_DE.UTF-8' }), /└──# revision:1/)
    assert.match(await lines({}), /└──# revision:1/)
  })

  it('names a Rollout that does not exist', async () => {
    for (const watch of [[], ['-w']]) {
      const { code, stdout, stderr } = await session().run('get', 'rollout', 'typo', ...watch)
      assert.deepEqual([code, stdout], [1, ''])
      assert.equal(stderr, 'Error: rollout.argoproj.io "typo" not found\n')
    }
  })

  it('needs no CRD but that of Rollouts', async () => {
    const transport: Transport = {
      watch: (request) => cluster.transport.watch(request),
      request: async (request) => {
        if (/experiments|analysisruns/.test(request.path)) throw new KubeError({ code: 404 }, request)
        return cluster.transport.request(request)
      },
    }
    assert.equal((await session({ transport }).run('get', 'rollout', 'web')).code, 0)
  })

  it('says where there is no CRD of Rollouts', async () => {
    const transport: Transport = {
      watch: (request) => cluster.transport.watch(request),
      request: async (request) => Promise.reject(new KubeError({ code: 404, message: 'HTTP 404: page' }, request)),
    }
    const sentence = 'Error: the server could not find the requested resource (get rollouts.argoproj.io)\n'
    for (const line of [
      ['get', 'rollout', 'web'],
      ['list', 'rollouts'],
      ['list', 'rollouts', '-A'],
    ]) {
      const { code, stdout, stderr } = await session({ transport }).run(...line)
      assert.deepEqual([code, stdout, stderr], [1, '', sentence])
    }
    const terminal = { columns: 80, rows: 24 }
    assert.match((await session({ transport, terminal }).run('list', 'ro')).stderr, /'kubectl crossfade doctor'/)
  })
})

describe('get rollout --watch', () => {
  beforeEach(setUp)

  it('prints to a pipe again only when something has changed', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session(), 'get', 'rollout', 'web', '-w')
    assert.match(await watching.pass(1), /^Name: .*\n[\s\S]*॥ Paused/)
    assert.equal(await watching.pass(3600), '')
    cluster.setStatus(healthy)
    assert.match(await watching.pass(1), /^\nName: .*\n[\s\S]*✔ Healthy/)
    assert.equal((await watching.end()).code, 0)
  })

  it('repaints a terminal in place, and counts ages', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session({ terminal: { columns: 60, rows: 40 } }), 'get', 'rollout', 'web', '-w')
    const first = await watching.pass(0.5)
    assert.ok(first.startsWith('\u001b[?25l\u001b[H\u001b[2J\u001b[HName:'))
    const second = await watching.pass(1)
    assert.ok(second.startsWith('\u001b[HName:') && second.endsWith('\u001b[J'))
    const { stdout } = await watching.end()
    assert.ok(stdout.endsWith('\u001b[?25h'))
  })

  it('repaints no more than five times a second', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session({ terminal: { columns: 60, rows: 40 } }), 'get', 'rollout', 'web', '-w')
    await watching.pass(0.5)
    const before = watching.session.out.text.length
    for (let replicas = 1; replicas <= 50; replicas++) {
      cluster.setStatus({ ...waiting, replicas })
      await watching.pass(0.02)
    }
    const frames = watching.session.out.text.slice(before).split('\u001b[H').length - 1
    assert.ok(frames >= 3 && frames <= 6, `${frames} repaints in a second`)
    await watching.end()
  })

  it('ends after --timeout-seconds, and when the Rollout is deleted', async () => {
    const limited = new Background(session(), 'get', 'rollout', 'web', '-w', '--timeout-seconds=5')
    await limited.pass(6)
    assert.equal((await limited.end()).code, 0)
    const watching = new Background(session(), 'get', 'rollout', 'web', '-w')
    await watching.pass(1)
    cluster.sandbox.server.objects.delete(rollouts, 'default', 'web')
    await watching.pass(1)
    const { code, stderr } = await watching.end()
    assert.equal(code, 1)
    assert.match(stderr, /^Error: rollout 'web' was deleted while it was watched\n$/)
  })

  it('says at once that a list is refused', async () => {
    const transport: Transport = {
      watch: (request) => cluster.transport.watch(request),
      request: async (request) => {
        if (!request.path.endsWith('/pods')) return cluster.transport.request(request)
        throw new KubeError({ code: 403, reason: 'Forbidden', message: 'pods is forbidden' }, request)
      },
    }
    const watching = new Background(session({ transport }), 'get', 'rollout', 'web', '-w', '--loglevel=error')
    await watching.pass(1)
    const { code, stderr } = await watching.end()
    assert.equal(code, 1)
    assert.equal(stderr, 'Error: pods is forbidden\n')
  })
})

describe('list rollouts', () => {
  beforeEach(setUp)

  it('prints a line for each', async () => {
    cluster.setStatus({ ...waiting, replicas: 4, readyReplicas: 3, updatedReplicas: 1, availableReplicas: 3 })
    cluster.add(aRollout('blue').withSpec({ strategy: { blueGreen: { activeService: 'blue' } } }))
    const { stdout } = await session().run('list', 'rollouts')
    assert.equal(
      stdout,
      [
        'NAME        STRATEGY   STATUS        STEP  SET-WEIGHT  READY  DESIRED  UP-TO-DATE  AVAILABLE',
        'blue        BlueGreen  Progressing   -     -           0/0    1        0           0        ',
        'web         Canary     Paused        1/3   25          3/4    4        1           3        ',
        '',
      ].join('\n'),
    )
  })

  it('adds namespaces and times when asked, and finds a name', async () => {
    const { stdout } = await session().run('list', 'ro', '-A', '--timestamps', '--name', 'web')
    assert.match(stdout, /^TIMESTAMP {13}NAMESPACE {2}NAME .*\n2026-01-01T00:00:00Z {2}default {4}web .*\n$/)
  })

  it('lists all whatever words follow', async () => {
    assert.match((await session().run('list', 'ro', 'blue')).stdout, /^NAME .*\nweb .*\n$/)
  })

  it('looks for no name where an empty one is given', async () => {
    assert.match((await session().run('list', 'ro', '--name=')).stdout, /^NAME .*\nweb .*\n$/)
  })

  it('prints more columns, or data', async () => {
    cluster.setStatus(waiting)
    const [head, first] = (await session().run('list', 'rollouts', '-o', 'wide')).stdout.split('\n')
    assert.match(head ?? '', / AVAILABLE +AGE +IMAGES +MESSAGE$/)
    assert.match(first ?? '', / 0s +web:1,sidecar:1 +CanaryPauseStep$/)
    const { stdout } = await session().run('list', 'rollouts', '-o', 'json')
    const [{ name, phase, canary, images }] = JSON.parse(stdout)
    const expected = ['web', 'Paused', { step: { index: 1, count: 3 }, setWeight: 25 }, ['web:1', 'sidecar:1']]
    assert.deepEqual([name, phase, canary, images], expected)
    assert.match((await session().run('list', 'rollouts', '-w', '-o', 'json')).stderr, /cannot be used with --output/)
  })

  it('says on standard error that there are none', async () => {
    const outcome = await session().run('list', 'rollouts', '-n', 'empty')
    assert.deepEqual(outcome, { code: 0, stdout: '', stderr: 'No resources found.\n' })
  })

  it('goes on with the lines that change', async () => {
    cluster.add(aRollout('other'))
    const watching = new Background(session(), 'list', 'rollouts', '-w')
    assert.equal((await watching.pass(1)).split('\n').length, 4)
    cluster.setStatus(waiting)
    assert.match(await watching.pass(1), /^web {9}Canary {5}Paused {8}1\/3 .*\n$/)
    cluster.patch({ metadata: { labels: { seen: 'no' } } })
    assert.equal(await watching.pass(60), '')
    assert.equal((await watching.end()).code, 0)
  })
})

describe('status', () => {
  beforeEach(setUp)

  it('tells every phase until the release is Healthy', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session(), 'status', 'web')
    assert.equal(await watching.pass(60), 'Paused - CanaryPauseStep\n')
    cluster.setStatus({ phase: 'Progressing', message: 'more replicas need to be updated' })
    assert.equal(await watching.pass(60), 'Progressing - more replicas need to be updated\n')
    cluster.setStatus(healthy)
    assert.equal(await watching.pass(60), 'Healthy\n')
    assert.equal((await watching.end()).code, 0)
  })

  it('fails when the release ends Degraded', async () => {
    cluster.setStatus({ phase: 'Degraded', message: 'RolloutAborted: why' })
    assert.deepEqual(await session().run('status', 'web'), {
      code: 1,
      stdout: 'Degraded - RolloutAborted: why\n',
      stderr: 'Error: The rollout is in a degraded state with message: RolloutAborted: why\n',
    })
  })

  it('fails when the time is over', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session(), 'status', 'web', '--timeout', '60s')
    await watching.pass(59)
    await watching.pass(2)
    const { code, stderr } = await watching.end()
    assert.deepEqual([code, stderr], [1, 'Error: Rollout status watch exceeded timeout\n'])
  })

  it('tells the phase once with --watch=false', async () => {
    cluster.setStatus(waiting)
    const outcome = await session().run('status', 'web', '--watch=false')
    assert.deepEqual(outcome, { code: 0, stdout: 'Paused - CanaryPauseStep\n', stderr: '' })
  })

  it('tells of a release that has ended its phase only with --watch=false, and fails when it is Degraded', async () => {
    cluster.setStatus({ phase: 'Degraded', message: 'RolloutAborted: why' })
    assert.deepEqual(await session().run('status', 'web', '-w=false'), {
      code: 1,
      stdout: 'Degraded\n',
      stderr: 'Error: The rollout is in a degraded state with message: RolloutAborted: why\n',
    })
  })

  it('names a Rollout that does not exist', async () => {
    const { code, stderr } = await session().run('status', 'typo')
    assert.deepEqual([code, stderr], [1, 'Error: rollout.argoproj.io "typo" not found\n'])
  })

  it('ends with the code of an interrupt when it is interrupted', async () => {
    cluster.setStatus(waiting)
    const watching = new Background(session(), 'status', 'web')
    await watching.pass(1)
    assert.equal((await watching.end()).code, 130)
  })
})
