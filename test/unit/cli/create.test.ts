import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { formatYaml } from '../../../src/lib/yaml.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const { metadata, ...shop } = aRollout('shop').build()
const manifest = { ...shop, metadata: { name: metadata.name } }

const sessionWith = (files: Readonly<Record<string, string>>, input = ''): CliSession =>
  new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, files, input })

const create = (words: string, files: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  sessionWith(files).run('create', ...words.split(' '))

describe('create -f', () => {
  beforeEach(setUp)

  it('creates a Rollout of YAML or JSON, where the command works or where the file says', async () => {
    const elsewhere = { ...manifest, metadata: { name: 'shop', namespace: 'default' } }
    const inJson = JSON.stringify({ ...manifest, metadata: { name: 'other' } })
    const outcome = await create('-n other -f a.yaml', { 'a.yaml': formatYaml(elsewhere) })
    assert.deepEqual(outcome, { code: 0, stdout: 'rollout.argoproj.io/shop created\n', stderr: '' })
    assert.equal(
      (await create('--filename b.json', { 'b.json': inJson })).stdout,
      'rollout.argoproj.io/other created\n',
    )
    assert.deepEqual([cluster.rollout('shop').kind, cluster.rollout('other').kind], ['Rollout', 'Rollout'])
  })

  it('creates several objects, and names each as the published plugin does', async () => {
    const template = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'check' },
      spec: { metrics: [{ name: 'errors', provider: { prometheus: { query: 'x' } } }] },
    }
    const { stdout } = await create('-f a -f b -f c', {
      a: formatYaml(template),
      b: formatYaml({ ...template, kind: 'ClusterAnalysisTemplate', metadata: { name: 'all' } }),
      c: formatYaml({ ...template, kind: 'AnalysisRun', metadata: { name: 'now' } }),
    })
    const expected = [
      'analysistemplate.argoproj.io/check',
      'analysistemplate.argoproj.io/all',
      'analysisrun.argoproj.io/now',
    ]
    assert.equal(stdout, expected.map((name) => `${name} created\n`).join(''))
  })

  it('reads standard input for -', async () => {
    const { stdout } = await sessionWith({}, formatYaml(manifest)).run('create', '-f', '-')
    assert.equal(stdout, 'rollout.argoproj.io/shop created\n')
  })

  it('watches what it has created', async () => {
    const session = sessionWith({ a: formatYaml(manifest) })
    void session.run('create', '-f', 'a', '-w')
    await cluster.sandbox.clock.run({ forMs: 1000 })
    session.interrupt()
    assert.match(session.out.text, /^rollout.argoproj.io\/shop created\nName: {12}shop\n/)
  })

  const misspelt = { ...manifest, spec: { ...manifest.spec, replica: 3 } }
  const inPod = {
    ...manifest,
    spec: { template: { spec: { containers: [{ name: 'a', imagePullPolice: 'Always' }] } } },
  }
  const refusals: readonly (readonly [string, string, string, string])[] = [
    ['a file that is not there', '-f gone', '', 'open gone: no such file or directory'],
    [
      'a field that its kind does not have',
      '-f file',
      formatYaml(misspelt),
      'error unmarshaling JSON: while decoding JSON: json: unknown field "replica"',
    ],
    ['a field that pods do not have', '-f file', JSON.stringify(inPod), 'json: unknown field "imagePullPolice"'],
    ['other kinds', '-f file', 'apiVersion: apps/v1\nkind: Deployment', 'creates of apps/Deployment unsupported'],
    [
      'a text that is no object',
      '-f file',
      '- a',
      'file holds no object: it begins with apiVersion, kind and metadata',
    ],
    ['to watch several objects', '-w -f file -f file', '', 'Cannot watch multiple resources'],
  ]
  for (const [what, words, file, sentence] of refusals) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await create(words, { file }), { code: 1, stdout: '', stderr: `Error: ${sentence}\n` })
    })
  }

  it('tells people where the field stands', async () => {
    const session = new CliSession({
      transport: cluster.transport,
      clock: cluster.sandbox.clock,
      files: { file: JSON.stringify(inPod) },
      terminal: { columns: 80, rows: 24 },
    })
    const { stderr } = await session.run('create', '-f', 'file')
    assert.match(stderr, /\nIt stands at spec\.template\.spec\.containers\[0\]\.imagePullPolice, where /)
  })

  it('refuses an object that is there already, in the words of the server', async () => {
    const { stderr } = await create('-f a', { a: formatYaml({ ...manifest, metadata: { name: 'web' } }) })
    assert.equal(stderr, 'Error: rollouts.argoproj.io "web" already exists\n')
  })

  it('without a file prints its usage', async () => {
    const { code, stderr } = await sessionWith({}).run('create')
    assert.equal(code, 1)
    assert.match(stderr, /^Usage:\n {2}kubectl crossfade create \[flags\]\n/)
  })
})
