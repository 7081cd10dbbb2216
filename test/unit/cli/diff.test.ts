import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { leafChanges } from '../../../src/cli/diff/leaf-changes.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { cloneJson, objectOr } from '../../../src/lib/json-value.ts'
import { formatYaml } from '../../../src/lib/yaml.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

/** The Rollout of the cluster as somebody has it in a file, with other members of its spec. */
const manifestWith = (spec: JsonObject): JsonObject => {
  const live = objectOr(cloneJson<unknown>(cluster.rollout()))
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web' },
    spec: { ...objectOr(live.spec), ...spec },
  }
}

const templateWith = (image: string): JsonObject => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      { name: 'main', image },
      { name: 'sidecar', image: 'sidecar:1' },
    ],
  },
})

const diff = (spec: JsonObject, ...flags: string[]): Promise<Outcome> =>
  new CliSession({
    transport: cluster.transport,
    clock: cluster.sandbox.clock,
    files: { 'web.yaml': formatYaml(manifestWith(spec)) },
  }).run('diff', '-f', 'web.yaml', ...flags)

describe('diff', () => {
  beforeEach(setUp)

  beforeEach(() => {
    cluster.addRevision(1, 'web:0')
    cluster.addRevision(2, 'web:1')
    cluster.setStatus({ stableRS: 'hash2', currentPodHash: 'hash2' })
  })

  it('tells that nothing changes', async () => {
    const expected = { code: 0, stdout: "rollout 'web' does not change: revision 2 goes on\n", stderr: '' }
    assert.deepEqual(await diff({}, '--exit-code'), expected)
  })

  it('tells that a revision begins, and by which fields', async () => {
    assert.deepEqual(await diff({ template: templateWith('web:2') }, '--exit-code'), {
      code: 3,
      stdout: `rollout 'web' revision 3 begins: no revision has this pod template
  ~ spec.template.spec.containers[main].image: web:1 → web:2
`,
      stderr: '',
    })
  })

  it('tells that an earlier revision comes back', async () => {
    const { stdout } = await diff({ template: templateWith('web:0') })
    assert.match(stdout, /^rollout 'web' asks for revision 1 again, as revision 3\n/)
  })

  it('tells that a release under way is taken back at once', async () => {
    cluster.setStatus({ stableRS: 'hash1', currentPodHash: 'hash2' })
    const { stdout } = await diff({ template: templateWith('web:0') })
    assert.match(stdout, /^rollout 'web' goes back to the stable revision 1 at once, as revision 3\n/)
  })

  it('tells that another spelling of the same pods is no release', async () => {
    const template = templateWith('web:1')
    const spelled = {
      ...template,
      spec: { ...objectOr(template.spec), restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' },
    }
    const { code, stdout } = await diff({ template: spelled }, '--exit-code')
    assert.equal(code, 2)
    assert.match(stdout, /^rollout 'web' no new revision: the pod template means the same as that of revision 2\n/)
    assert.match(stdout, /\n {2}\+ spec\.template\.spec\.restartPolicy: Always\n/)
  })

  it('tells what comes of fields outside the pod template', async () => {
    const steps = [{ setWeight: 30 }, { pause: {} }, { setWeight: 50 }]
    const { stdout } = await diff({ replicas: 6, paused: true, strategy: { canary: { steps } } })
    const lines = stdout.trimEnd().split('\n').slice(1).sort()
    assert.deepEqual(lines, [
      '  + spec.paused: true  (holds the release)',
      '  ~ spec.replicas: 4 → 6  (scales from 4 to 6 pods)',
      '  ~ spec.strategy.canary.steps[0].setWeight: 25 → 30  (counts from the next release on)',
    ])
    cluster.setStatus({ stableRS: 'hash1', currentPodHash: 'hash2' })
    assert.match((await diff({ strategy: { canary: { steps } } })).stdout, /begins again at its first step/)
  })

  it('leaves the size to an autoscaler where the file does not name it', async () => {
    const { replicas: _, ...spec } = objectOr(manifestWith({}).spec)
    const file = formatYaml({ ...manifestWith({}), spec })
    const session = new CliSession({
      transport: cluster.transport,
      clock: cluster.sandbox.clock,
      input: file,
    })
    assert.match((await session.run('diff', '-f', '-')).stdout, /^rollout 'web' does not change/)
  })

  it('tells that a Rollout is created', async () => {
    const file = formatYaml({ ...manifestWith({}), metadata: { name: 'shop' } })
    const session = new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, files: { file } })
    const { code, stdout } = await session.run('diff', '-f', 'file', '--exit-code')
    assert.equal(code, 3)
    assert.equal(stdout, "rollout 'shop' is created, with revision 1: there are no steps to take for the first\n")
  })

  it('looks at the workload that a Rollout refers to, in the same file', async () => {
    const reference = { template: null, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: templateWith('web:2') },
    }
    const file = `${formatYaml(manifestWith(reference))}---\n${formatYaml(deployment)}`
    const session = new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, files: { file } })
    const { stdout } = await session.run('diff', '-f', 'file')
    assert.match(
      stdout,
      /^rollout 'web' revision 3 begins.*\n {2}~ spec.template.spec.containers\[main\].image: web:1 → web:2\n/,
    )
    assert.match(stdout, /\n {2}\+ spec.workloadRef: .*\(takes the pod template from another workload\)\n/)
  })

  it('prints the same as data', async () => {
    const { stdout } = await diff({ replicas: 5 }, '-o', 'json')
    assert.deepEqual(JSON.parse(stdout), [
      {
        name: 'web',
        namespace: 'default',
        revision: { outcome: 'same', revision: 2 },
        changes: [
          { path: 'spec.replicas', before: 4, after: 5, startsRevision: false, consequence: 'scales from 4 to 5 pods' },
        ],
      },
    ])
  })

  it('writes nothing', async () => {
    const session = new CliSession({
      transport: cluster.transport,
      clock: cluster.sandbox.clock,
      files: { file: formatYaml(manifestWith({ replicas: 9 })) },
    })
    await session.run('diff', '-f', 'file')
    assert.deepEqual(session.writes, [])
  })

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['a file without a Rollout', 'kind: Deployment', /^Error: there is no Rollout in file\n$/],
    [
      'a Rollout that is none',
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {replicas: many}',
      /^Error: file: rollout 'web': spec\.replicas: Invalid value: "string": must be of type integer\n$/,
    ],
    ['what is no YAML', 'a: [', /^Error: reading file: /],
  ]
  for (const [what, file, sentence] of refusals) {
    it(`refuses ${what}`, async () => {
      const session = new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock, files: { file } })
      const { code, stderr } = await session.run('diff', '-f', 'file')
      assert.equal(code, 1)
      assert.match(stderr, sentence)
    })
  }
})

describe('changes of values', () => {
  const cases: readonly (readonly [string, unknown, unknown, readonly unknown[]])[] = [
    ['of a member', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a.b', before: 1, after: 2 }]],
    [
      'that come and go',
      { a: 1 },
      { b: 2 },
      [
        { path: 'a', before: 1 },
        { path: 'b', after: 2 },
      ],
    ],
    ['that are null are none', { a: null }, {}, []],
    ['in a list without names', { a: [1, 2] }, { a: [1] }, [{ path: 'a[1]', before: 2 }]],
    [
      'in the order of a list',
      [{ name: 'x' }, { name: 'y' }],
      [{ name: 'y' }, { name: 'x' }],
      [{ path: '', before: [{ name: 'x' }, { name: 'y' }], after: [{ name: 'y' }, { name: 'x' }] }],
    ],
    ['with a key that needs brackets', { 'a/b': 1 }, {}, [{ path: '[a/b]', before: 1 }]],
  ]
  for (const [what, before, after, changes] of cases) {
    it(what, () => assert.deepEqual(leafChanges(before, after), changes))
  }
})
