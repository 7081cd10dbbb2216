import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/lib/json.ts'
import { formatYaml, formatYamlDocuments } from '../../../src/lib/yaml.ts'
import { CliSession, type Outcome, type SessionOptions } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const { transport } = new ClusterWithRollout()

const lintIn = (options: Partial<SessionOptions>, ...words: string[]): Promise<Outcome> =>
  new CliSession({ transport, clock: new ManualClock(), ...options }).run('lint', ...words)

const lint = (objects: readonly JsonObject[], ...words: string[]): Promise<Outcome> =>
  lintIn({ files: { 'web.yaml': formatYamlDocuments(objects) } }, '-f', 'web.yaml', ...words)

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } }

const rollout = (strategy: JsonObject, others: JsonObject = {}): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template, strategy, ...others },
})

const service = (name: string, app = 'web'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app } },
})

const metrics = (query: string, others: JsonObject = {}): JsonObject[] => [
  { name: 'errors', count: 1, provider: { prometheus: { query } }, ...others },
]

const analysisTemplate = (spec: JsonObject, name = 'check'): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name },
  spec,
})

/** The findings without their places. */
const found = async (...objects: JsonObject[]): Promise<readonly string[]> => {
  const { stdout } = await lint(objects, '-o', 'json')
  const findings: readonly { rule: string; object: string; field: string; message: string }[] = JSON.parse(stdout)
  return findings.map(({ rule, object, field, message }) => `${rule} ${object} ${field}: ${message.split('\n')[0]}`)
}

describe('lint', () => {
  it('is silent about what is right', async () => {
    assert.deepEqual(await lint([rollout({ canary: { steps: [{ setWeight: 20 }, { pause: {} }] } })]), {
      code: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('tells every fault of all objects, the first as the error, in the published words', async () => {
    const wrong = { canary: { maxSurge: 0, maxUnavailable: 0, steps: [{ setWeight: 200 }] } }
    assert.deepEqual(await lint([service('other'), rollout(wrong)]), {
      code: 1,
      stdout:
        'Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero\nInvalid value: 200: SetWeight needs to be between 0 and 100\n',
      stderr: 'Error: spec.strategy.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero\n',
    })
  })

  it('says of a field that does not exist what the published decoder says', async () => {
    assert.deepEqual(await lint([rollout({ canary: { stepss: [] } })]), {
      code: 1,
      stdout: '',
      stderr: 'Error: error unmarshaling JSON: while decoding JSON: json: unknown field "stepss"\n',
    })
  })

  const twice = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
spec:
  replica: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: web}]}}
  strategy:
    canary:
      maxSurge: 0
      maxUnavailable: 0
---
apiVersion: v1
kind: List
items:
- apiVersion: argoproj.io/v1alpha1
  kind: AnalysisTemplate
  metadata: {name: check}
  spec:
    metrics:
    - name: errors
      provider: {prometheus: {query: 'sum('}}
`

  it('tells the place of each fault', async () => {
    const { code, stdout, stderr } = await lintIn({ files: { 'a.yaml': twice } }, '-f', 'a.yaml', '-o', 'wide')
    assert.equal(code, 1)
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.startsWith('a.yaml')),
      [
        'a.yaml:6:3: Rollout/web: spec.replica: unknown field "replica" (unknown-field)',
        'a.yaml:11:7: Rollout/web: spec.strategy.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero (spec)',
        'a.yaml:23:31: AnalysisTemplate/check: spec.metrics[0].provider.prometheus.query: provider.prometheus.query is no PromQL: the query ends too early (1:5)',
      ],
    )
    assert.equal(stderr, 'Error: 3 faults were found\n')
  })

  it('tells places at a terminal without being asked', async () => {
    const { stdout } = await lintIn({ files: { f: twice }, terminal: { columns: 80, rows: 24 } }, '-f', 'f')
    assert.match(stdout, /^f:6:3: Rollout\/web: /)
  })

  it('prints faults for code scanners', async () => {
    const { code, stdout } = await lintIn({ input: twice }, '-f', '-', '-o', 'sarif')
    assert.equal(code, 1)
    const { version, runs } = JSON.parse(stdout)
    assert.equal(version, '2.1.0')
    const [{ ruleId, locations }] = runs[0].results
    assert.equal(ruleId, 'unknown-field')
    assert.ok(runs[0].tool.driver.rules.some(({ id }: { id: string }) => id === ruleId))
    assert.deepEqual(locations[0].physicalLocation, {
      artifactLocation: { uri: '-' },
      region: { startLine: 6, startColumn: 3 },
    })
  })

  it('prints an empty list, and exits well, when there is no fault', async () => {
    assert.deepEqual(await lint([rollout({ canary: {} })], '-o', 'json'), { code: 0, stdout: '[]\n', stderr: '' })
  })

  it('tells which files cannot be read, and what is no YAML', async () => {
    const { stderr } = await lintIn({}, '-f', 'gone')
    assert.equal(stderr, 'Error: open gone: no such file or directory\n')
    assert.match((await lintIn({ files: { f: 'a: [' } }, '-f', 'f')).stderr, /^Error: reading f: line 1, column /)
    assert.match((await lintIn({})).stderr, /^Usage:\n {2}kubectl crossfade lint \[flags\]\n/)
  })
})

describe('lint looks at the objects that a Rollout names in the same files', () => {
  const named = { canary: { canaryService: 'canary', stableService: 'stable' } }

  it('at Services, and not at those that the files do not hold', async () => {
    assert.deepEqual(await found(rollout(named)), [])
    assert.deepEqual(await found(rollout(named), service('canary'), service('stable', 'shop')), [
      'reference Rollout/web spec.strategy.canary.stableService: Invalid value: "stable": Service "stable" has unmatch label "app" in rollout',
    ])
  })

  it('at Services in the order of the files', async () => {
    const [first, second] = await found(rollout(named), service('canary', 'shop'), service('stable', 'shop'))
    assert.match(first ?? '', /Service "canary" has unmatch label/)
    assert.match(second ?? '', /Service "stable" has unmatch label/)
  })

  it('at Services of its own namespace only', async () => {
    const elsewhere = { ...service('stable', 'shop'), metadata: { name: 'stable', namespace: 'other' } }
    assert.deepEqual(await found(rollout(named), elsewhere), [])
  })

  const judged = { canary: { steps: [{ analysis: { templates: [{ templateName: 'check' }] } }] } }

  it('at templates, and not at those that the files do not hold', async () => {
    assert.deepEqual(await found(rollout(judged)), [])
    const endless = analysisTemplate({ metrics: metrics('up', { count: undefined, interval: '1m' }) })
    assert.deepEqual(await found(rollout(judged), endless), [
      'analysis Rollout/web spec.strategy.canary.steps[0].analysis.templates: Invalid value: "check": AnalysisTemplate check has metric errors which runs indefinitely. Invalid value for count: <nil>',
    ])
  })

  it('and leaves who owns them to the cluster', async () => {
    const smi = { rootService: 'root', trafficSplitName: 'split' }
    const routed = { canary: { canaryService: 'canary', stableService: 'stable', trafficRouting: { smi } } }
    const split = { apiVersion: 'split.smi-spec.io/v1alpha1', kind: 'TrafficSplit', metadata: { name: 'split' } }
    assert.deepEqual(await found(rollout(routed), split), [])
  })

  it('at routing objects, also of a Rollout behind one that has none', async () => {
    const routed = (name: string): JsonObject => ({
      ...rollout({
        canary: {
          canaryService: 'canary',
          stableService: 'stable',
          trafficRouting: { nginx: { stableIngress: 'web' } },
        },
      }),
      metadata: { name },
    })
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: {
        rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'other', port: { number: 80 } } } }] } }],
      },
    }
    const first = { ...rollout({ canary: {} }), metadata: { name: 'first' } }
    const [only, ...others] = await found(first, routed('web'), ingress)
    assert.match(
      only ?? '',
      /^router Rollout\/web spec\.strategy\.canary\.trafficRouting\.nginx\.stableIngress: .*stable/,
    )
    assert.deepEqual(others, [])
  })
})

describe('lint reads analyses', () => {
  const cases: readonly (readonly [string, JsonObject, readonly string[]])[] = [
    ['a right query', { metrics: metrics('sum(rate(x[1m]))') }, []],
    [
      'arguments that are not known yet',
      { args: [{ name: 'n' }], metrics: metrics('x{a="{{args.n}}"}', { count: '{{args.n}}', interval: '{{args.n}}' }) },
      [],
    ],
    [
      'a condition that cannot be read',
      { metrics: metrics('up', { successCondition: 'result[0] >' }) },
      ['spec.metrics[0].successCondition: successCondition cannot be read: unexpected token EOF (1:12)'],
    ],
    [
      'a count without an interval',
      { metrics: metrics('up', { count: 3 }) },
      ['spec.metrics[0]: interval must be specified when count > 1'],
    ],
    ['a template without metrics', {}, ['spec.metrics: no metrics specified']],
    [
      'a template that includes itself',
      { templates: [{ templateName: 'check' }] },
      ["spec.templates: AnalysisTemplate 'check' includes itself: check → check"],
    ],
  ]
  for (const [what, spec, faults] of cases) {
    it(what, async () => {
      const expected = faults.map((fault) => `analysis AnalysisTemplate/check ${fault}`)
      assert.deepEqual(await found(analysisTemplate(spec)), expected)
    })
  }

  it('an Experiment with two templates of one name', async () => {
    const one = { name: 'a', selector: { matchLabels: { app: 'web' } }, template }
    const experiment = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'ab' },
      spec: { templates: [one, one] },
    }
    assert.deepEqual(await found(experiment), [
      "spec Experiment/ab spec: Experiment ab has repeated template name 'a' in templates",
    ])
  })

  it('fields of wrong types', async () => {
    assert.deepEqual(await found(analysisTemplate({ metrics: 'none' })), [
      'schema AnalysisTemplate/check spec.metrics: Invalid value: "string": must be of type array',
    ])
  })
})

it('lint reads JSON too', async () => {
  const { stderr } = await lintIn({ files: { f: JSON.stringify(rollout({ canary: { x: 1 } })) } }, '-f', 'f')
  assert.match(stderr, /unknown field "x"/)
  assert.equal((await lintIn({ files: { f: formatYaml(service('a')) } }, '-f', 'f')).code, 0)
})
