import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ExperimentStatus } from '../../../src/api/experiment.ts'
import type { ReplicaSet } from '../../../src/api/kubernetes/workloads.ts'
import {
  experimentNameAnnotation,
  experimentTemplateNameAnnotation,
  podTemplateHashLabel,
} from '../../../src/api/labels.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { anExperiment, type ExperimentBuilder } from '../../builders/experiment-builder.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const session = (): CliSession => new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock })

const now = (): string => new Date(cluster.sandbox.clock.now()).toISOString()

const add = (builder: ExperimentBuilder, status: ExperimentStatus = {}): string => {
  const { name = '' } = builder.build().metadata
  cluster.sandbox.cluster.create('test', 'Experiment', builder.build())
  const key = { namespace: 'default', name }
  cluster.sandbox.cluster.patch('test', 'Experiment', key, { status: status as unknown as JsonObject })
  return cluster.sandbox.cluster.get('Experiment', key)?.metadata.uid ?? assert.fail('it was not created')
}

/** The ReplicaSet of the template `a`. */
const addReplicaSet = (experiment: string, uid: string): void => {
  const labels = { app: 'ab', [podTemplateHashLabel]: 'hash' }
  const set: Omit<ReplicaSet, 'metadata'> & { metadata: object } = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${experiment}-a`,
      namespace: 'default',
      labels,
      annotations: { [experimentNameAnnotation]: experiment, [experimentTemplateNameAnnotation]: 'a' },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name: experiment, uid, controller: true },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'ab:1' }] } },
    },
  }
  cluster.sandbox.cluster.create('test', 'ReplicaSet', set)
}

describe('get experiment', () => {
  beforeEach(setUp)

  it('prints how it fares, its images and its tree', async () => {
    addReplicaSet('ab', add(anExperiment('ab'), { phase: 'Failed', message: 'it was too slow' }))
    await cluster.sandbox.clock.run({ forMs: 5000 })
    const { code, stdout, stderr } = await session().run('get', 'experiment', 'ab')
    assert.deepEqual([code, stderr], [0, ''])
    const lines = stdout.split('\n')
    assert.deepEqual(lines.slice(0, 6), [
      'Name:            ab',
      'Namespace:       default',
      'Status:          ✖ Failed',
      'Message:         it was too slow',
      'Images:          ab:1 (Σ:a)',
      '',
    ])
    assert.match(lines[6] ?? '', /^NAME +KIND +STATUS +AGE +INFO/)
    assert.match(lines[7] ?? '', /^Σ ab +Experiment +✖ Failed +5s/)
    assert.match(lines[8] ?? '', /^└──⧉ ab-a +ReplicaSet +✔ Healthy +5s/)
    assert.match(lines[9] ?? '', /^ {3}└──□ ab-a-\w+ +Pod +✔ Running +5s +ready:1\/1/)
  })

  it('prints the same as data', async () => {
    add(anExperiment('ab'), { phase: 'Running' })
    const { stdout } = await session().run('get', 'exp', 'ab', '-o', 'json')
    const { name, phase, replicaSets } = JSON.parse(stdout)
    assert.deepEqual({ name, phase, replicaSets }, { name: 'ab', phase: 'Running', replicaSets: [] })
  })

  it('says when there is none', async () => {
    const { code, stderr } = await session().run('get', 'experiment', 'ab')
    assert.equal(code, 1)
    assert.match(stderr, /^Error: experiment\.argoproj\.io "ab" not found\n$/)
  })

  it('watches, and prints again when something has changed', async () => {
    add(anExperiment('ab'), { phase: 'Running' })
    const watching = session()
    let outcome: Outcome | undefined
    void watching.run('get', 'exp', 'ab', '-w').then((ended) => {
      outcome = ended
    })
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.match(watching.out.text, /Status: {10}◌ Running/)
    cluster.sandbox.cluster.patch(
      'test',
      'Experiment',
      { namespace: 'default', name: 'ab' },
      { status: { phase: 'Successful' } },
    )
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.match(watching.out.text, /Status: {10}✔ Successful/)
    watching.interrupt()
    await cluster.sandbox.clock.run({ forMs: 5000 })
    assert.equal(outcome?.code, 0)
  })
})

describe('list experiments', () => {
  beforeEach(setUp)

  it('prints a line for each: its duration, and what is left of it', async () => {
    add(anExperiment('b').lasting('5m'), { phase: 'Running', availableAt: now() })
    add(anExperiment('a'))
    await cluster.sandbox.clock.run({ forMs: 60_000 })
    const { stdout } = await session().run('list', 'experiments')
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.trimEnd().split(/ {2,}/)),
      [
        ['NAME', 'STATUS', 'DURATION', 'REMAINING', 'AGE'],
        ['a', 'Pending', '-', '-', '60s'],
        ['b', 'Running', '5m', '4m', '60s'],
      ],
    )
  })

  it('names the namespace where all are listed', async () => {
    add(anExperiment('a'))
    const { stdout } = await session().run('list', 'exp', '-A')
    assert.match(stdout, /^NAMESPACE +NAME .*\ndefault +a /)
  })

  it('says when there are none', async () => {
    const { stdout, stderr } = await session().run('list', 'experiments')
    assert.deepEqual([stdout, stderr], ['', 'No resources found.\n'])
  })
})

describe('steering an experiment', () => {
  beforeEach(setUp)

  const bodies = ({ writes }: CliSession): unknown[] => writes.map(({ path, body }) => [path, body])
  const path = '/apis/argoproj.io/v1alpha1/namespaces/default/experiments/ab'

  it('retries it by taking its status away', async () => {
    add(anExperiment('ab'), { phase: 'Failed' })
    const retrying = session()
    const { stdout } = await retrying.run('retry', 'experiment', 'ab')
    assert.equal(stdout, "experiment 'ab' retried\n")
    assert.deepEqual(bodies(retrying), [[path, { status: null }]])
  })

  it('terminates it, and says so', async () => {
    add(anExperiment('ab'), { phase: 'Running' })
    const terminating = session()
    const { stdout } = await terminating.run('terminate', 'experiment', 'ab')
    assert.equal(stdout, "experiment 'ab' terminated\n")
    assert.deepEqual(bodies(terminating), [[path, { spec: { terminate: true } }]])
  })

  it('terminates an AnalysisRun', async () => {
    const run = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'check', namespace: 'default' },
    }
    cluster.sandbox.cluster.create('test', 'AnalysisRun', { ...run, spec: { metrics: [] } } as never)
    const { stdout } = await session().run('terminate', 'analysisrun', 'check')
    assert.equal(stdout, "analysisRun 'check' terminated\n")
  })

  it('completes names', async () => {
    add(anExperiment('ab'), { phase: 'Running' })
    const { stdout } = await session().run('__complete', 'terminate', 'experiment', '')
    assert.equal(stdout, 'ab\tRunning\n:4\n')
  })
})
