import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { analysisTemplates, clusterAnalysisTemplates } from '../../../src/api/resources.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { cloneJson } from '../../../src/lib/json-value.ts'
import { formatYaml } from '../../../src/lib/yaml.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { anAnalysisTemplate } from '../../builders/objects.ts'

let cluster: ClusterWithRollout

const plain = (value: object): JsonObject => cloneJson<object>(value) as JsonObject

/** A template that takes an argument `app`, and includes others. */
const asking = (name: string, ...includes: string[]) => {
  const template = anAnalysisTemplate(name)
  const templates = includes.map((templateName) => ({ templateName }))
  return { ...template, spec: { ...template.spec, args: [{ name: 'app' }], templates } }
}

const ofCluster = (name: string) => {
  const template = anAnalysisTemplate(name)
  return { ...template, kind: 'ClusterAnalysisTemplate' as const, metadata: { name } }
}

const setUp = (): void => {
  cluster = new ClusterWithRollout()
  const { objects } = cluster.sandbox.server
  objects.create(analysisTemplates, plain(asking('check')))
  objects.create(analysisTemplates, plain(asking('broad', 'check')))
  objects.create(analysisTemplates, plain(asking('round', 'round')))
  objects.create(clusterAnalysisTemplates, plain(ofCluster('shared')))
}

const session = (files: Readonly<Record<string, string>> = {}): CliSession =>
  new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, files })

const create = (words: string, files: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  session(files).run('create', 'analysisrun', ...words.split(' '))

const runs = () => cluster.sandbox.cluster.list('AnalysisRun', 'default')

const setStatus = (status: JsonObject, spec: JsonObject = {}): void => {
  const [run] = runs()
  const name = run?.metadata.name ?? assert.fail('there is no AnalysisRun')
  cluster.sandbox.cluster.patch('test', 'AnalysisRun', { namespace: 'default', name }, { spec, status })
}

describe('create analysisrun', () => {
  beforeEach(setUp)

  it('takes a template of the cluster, and arguments with any text', async () => {
    const { code, stdout, stderr } = await create('--from check -a app=a=b,c')
    const [run, ...others] = runs()
    assert.deepEqual([code, stderr, others], [0, '', []])
    assert.equal(stdout, `analysisrun.argoproj.io/${run?.metadata.name} created\n`)
    assert.match(run?.metadata.name ?? '', /^check-\w{5}$/)
    assert.deepEqual(run?.spec.args, [{ name: 'app', value: 'a=b,c' }])
    assert.deepEqual(
      run?.spec.metrics.map(({ name }) => name),
      ['check'],
    )
  })

  it('takes a template of the whole cluster, a name, and the controller that is to measure', async () => {
    const { stdout } = await create('--global --from shared --name now --instance-id blue')
    assert.equal(stdout, 'analysisrun.argoproj.io/now created\n')
    assert.deepEqual(runs()[0]?.metadata.labels, { 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' })
  })

  it('takes the last of several values of one argument', async () => {
    await create('--from broad -a app=other -a app=web')
    const app = runs()[0]?.spec.args?.find(({ name }) => name === 'app')
    assert.equal(app?.value, 'web')
  })

  it('takes empty names for none', async () => {
    await create('--global --from shared --name= --generate-name=')
    assert.match(runs()[0]?.metadata.name ?? '', /^shared-\w{5}$/)
  })

  for (const [what, template] of [
    ['a template', asking('mine')],
    ['a template of the whole cluster', { ...ofCluster('mine'), spec: asking('mine').spec }],
  ] as const) {
    it(`takes ${what} from a file`, async () => {
      for (const text of [formatYaml(template), JSON.stringify(template)]) {
        const { code } = await create('--from-file t.yaml --generate-name by-hand- -a app=web', { 't.yaml': text })
        assert.equal(code, 0)
      }
      assert.deepEqual(
        runs().map(({ metadata }) => metadata.name.replace(/\w{5}$/, '')),
        ['by-hand-', 'by-hand-'],
      )
    })
  }

  it('takes along the templates that a template includes', async () => {
    await create('--from broad -a app=web')
    assert.deepEqual(
      runs()[0]?.spec.metrics.map(({ name }) => name),
      ['broad', 'check'],
    )
  })

  it('says which argument no metric knows', async () => {
    const { code, stderr } = await create('--from check -a app=web -a zone=a')
    assert.deepEqual([code, stderr], [0, 'Warning: no metric knows an argument zone; it is left out\n'])
  })

  for (const [words, sentence] of [
    ['--name x', 'one of --from or --from-file must be specified'],
    ['--from check --from-file t.yaml', 'one of --from or --from-file must be specified'],
    ['--from check -a app', 'arguments must be in the form NAME=VALUE'],
    ['--from check', 'args.app was not resolved'],
    ['--from nothing', 'analysistemplates.argoproj.io "nothing" not found'],
    ['--from shared', 'analysistemplates.argoproj.io "shared" not found'],
    ['--from round -a app=x', "AnalysisTemplate 'round' includes itself: round → round"],
    ['--from-file gone.yaml', 'open gone.yaml: no such file or directory'],
    [
      '--from-file rollout.yaml',
      'rollout.yaml holds no AnalysisTemplate or ClusterAnalysisTemplate: its kind is "Rollout"',
    ],
    ['--from-file bad.yaml', 'bad.yaml: spec.metrics[0].name: Required value'],
    ['--from-file broken.yaml', 'reading broken.yaml: '],
  ] as const) {
    it(`refuses ${words}`, async () => {
      const { code, stdout, stderr } = await create(words, {
        'rollout.yaml': 'kind: Rollout',
        'bad.yaml': formatYaml({ ...asking('x'), spec: { metrics: [{ provider: {} }] } }),
        'broken.yaml': 'a: [',
      })
      assert.deepEqual([code, stdout], [1, ''])
      assert.ok(stderr.startsWith(`Error: ${sentence}`), stderr)
      assert.deepEqual(runs(), [])
    })
  }
})

describe('create analysisrun --watch', () => {
  beforeEach(setUp)

  const watch = async (words = ''): Promise<{ told: CliSession; outcome: () => Outcome | undefined }> => {
    const told = session()
    let ended: Outcome | undefined
    void told
      .run('create', 'ar', '--global', '--from', 'shared', '-w', ...words.split(' ').filter(Boolean))
      .then((outcome) => {
        ended = outcome
      })
    await cluster.sandbox.clock.run({ forMs: 5000 })
    return { told, outcome: () => ended }
  }

  for (const [phase, code] of [
    ['Successful', 0],
    ['Failed', 2],
    ['Error', 3],
    ['Inconclusive', 4],
  ] as const) {
    it(`exits with ${code} when the run ends ${phase}`, async () => {
      const { told, outcome } = await watch()
      setStatus({ phase: 'Running' })
      await cluster.sandbox.clock.run({ forMs: 5000 })
      assert.equal(outcome(), undefined)
      setStatus({ phase, message: 'why' })
      await cluster.sandbox.clock.run({ forMs: 5000 })
      assert.equal(outcome()?.code, code)
      assert.match(told.out.text, new RegExp(`created\\nPending\\nRunning\\n${phase} - why\\n$`))
      const said = code === 0 ? /^$/ : new RegExp(`^Error: analysisrun 'shared-\\w+' ended ${phase}: why\\n$`)
      assert.match(told.err.text, said)
    })
  }

  it('takes a run that somebody cut off for no verdict', async () => {
    const { outcome } = await watch()
    setStatus({ phase: 'Successful', message: 'Run Terminated' }, { terminate: true })
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.equal(outcome()?.code, 4)
  })

  it('exits with 1 when the run is deleted, or the time is over', async () => {
    const limited = await watch('--timeout 1m')
    await cluster.sandbox.clock.run({ forMs: 60_000 })
    assert.equal(limited.outcome()?.code, 1)
    assert.match(limited.told.err.text, /has no verdict within the timeout; it goes on/)
    const { told, outcome } = await watch('--name second')
    cluster.sandbox.cluster.remove('test', 'AnalysisRun', { namespace: 'default', name: 'second' })
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.equal(outcome()?.code, 1)
    assert.match(told.err.text, /'second' was deleted while it was watched/)
  })

  it('leaves the run when it is interrupted', async () => {
    const { told, outcome } = await watch()
    told.interrupt()
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.equal(outcome()?.code, 130)
    assert.equal(runs().length, 1)
  })
})
