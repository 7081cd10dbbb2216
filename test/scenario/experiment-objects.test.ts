import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { anExperiment, aTemplate } from '../builders/experiment-builder.ts'
import {
  experiment,
  experimentServicesOf,
  replicaSetsOf,
  templateStatusOf,
  theExperiment,
} from './expect-experiment.ts'
import { type Story, story } from './harness.ts'

const ab = anExperiment('ab').withTemplates(aTemplate('a', { replicas: 2 }), aTemplate('b'))

const change = (story: Story, patch: Record<string, unknown>): void =>
  story.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name: 'ab', patch: patch as never } })

describe('a template with a Service', () => {
  const serving = aTemplate('a', { service: {} })

  story('has one of the name of its ReplicaSet for as long as it has pods', {}, async (told) => {
    await told.begin(anExperiment('ab').withTemplates(serving).lasting('30s').build())
    await told.until(experiment('ab').is('Running'), '10s')
    const [service] = experimentServicesOf(told, 'ab')
    const hash = templateStatusOf(told, 'ab', 'a').podTemplateHash
    assert.equal(service?.metadata.name, 'ab-a')
    assert.deepEqual(service?.spec.selector, { [podTemplateHashLabel]: hash })
    assert.equal(service?.spec.ports?.[0]?.port, 8080)
    assert.equal(templateStatusOf(told, 'ab', 'a').serviceName, 'ab-a')
    await told.until(experiment('ab').hasPods({}), '2m')
    await told.pass('2s')
    assert.deepEqual(experimentServicesOf(told, 'ab'), [])
    const { serviceName, podTemplateHash } = templateStatusOf(told, 'ab', 'a')
    assert.deepEqual([serviceName, podTemplateHash], [undefined, undefined])
  })

  story('may name it', {}, async (told) => {
    const named = aTemplate('a', { service: { name: 'preview' } })
    await told.begin(anExperiment('ab').withTemplates(named).build())
    await told.until(experiment('ab').is('Running'), '10s')
    assert.equal(templateStatusOf(told, 'ab', 'a').serviceName, 'preview')
  })

  story('ends in an Error when the name belongs to another Service', {}, async (told) => {
    const taken = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'preview' }, spec: { ports: [{ port: 80 }] } }
    const named = aTemplate('a', { service: { name: 'preview' } })
    await told.begin(taken, anExperiment('ab').withTemplates(named).build())
    const reason = 'service preview already exists and is not owned by experiment template a'
    await told.until(experiment('ab').is('Error', `Failed to create Service preview for template 'a': ${reason}`), '5s')
    await told.until(experiment('ab').hasPods({}), '40s')
  })
})

describe('an Experiment that cannot be run', () => {
  story('says so in a condition and in its phase, and is done', {}, async (told) => {
    const { selector: _, ...without } = aTemplate('a')
    await told.begin(
      anExperiment('ab')
        .withTemplates({ ...without, selector: {} })
        .build(),
    )
    const message = 'This experiment is selecting all pods at index 0. A non-empty selector is required.'
    await told.until(experiment('ab').is('Error', message), '1s')
    const conditions = theExperiment(told.sandbox, 'ab').status?.conditions ?? []
    assert.deepEqual(
      conditions.map(({ type, status, reason }) => [type, status, reason]),
      [
        ['InvalidSpec', 'True', 'InvalidSpec'],
        ['Progressing', 'False', 'ExperimentCompleted'],
      ],
    )
    assert.equal(replicaSetsOf(told.sandbox, 'ab').size, 0)
  })

  story('begins when its spec is mended', {}, async (told) => {
    await told.begin(ab.lasting('soon').build())
    await told.until(experiment('ab').is('Error', 'spec.duration: time: invalid duration "soon"'), '1s')
    change(told, { spec: { duration: '1m' } })
    await told.until(experiment('ab').is('Running'), '10s')
    const { conditions = [] } = theExperiment(told.sandbox, 'ab').status ?? {}
    assert.ok(conditions.every(({ type }) => type !== 'InvalidSpec'))
  })

  story('ends in an Error with the words of the API server that refuses its pods', {}, async (told) => {
    const template = aTemplate('a')
    const wrong = { ...template, selector: { matchLabels: { app: 'another' } } }
    await told.begin(anExperiment('ab').withTemplates(wrong).build())
    await told.until(experiment('ab').is('Error'), '5s')
    const { message = '' } = theExperiment(told.sandbox, 'ab').status ?? {}
    assert.match(
      message,
      /^Failed to create ReplicaSet for template 'a': .*`selector` does not match template `labels`/,
    )
  })

  story('takes another name where that of a ReplicaSet is taken', {}, async (told) => {
    const foreign = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'ab-a' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'foreign' } },
        template: { metadata: { labels: { app: 'foreign' } }, spec: { containers: [{ name: 'main', image: 'x:1' }] } },
      },
    }
    await told.begin(foreign, anExperiment('ab').build())
    await told.until(experiment('ab').is('Running'), '10s')
    assert.equal(replicaSetsOf(told.sandbox, 'ab').get('a')?.metadata.name, 'ab-a-1')
    assert.equal(templateStatusOf(told, 'ab', 'a').collisionCount, 1)
  })

  story('belongs to the controller that its label names', {}, async (told) => {
    const label = { 'argo-rollouts.argoproj.io/controller-instance-id': 'other' }
    await told.begin(anExperiment('ab').withMetadata({ labels: label }).build())
    await told.pass('1m')
    assert.equal(theExperiment(told.sandbox, 'ab').status, undefined)
  })
})
