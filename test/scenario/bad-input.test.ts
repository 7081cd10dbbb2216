import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { anAnalysisTemplate, anHttpRoute, aService, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, theRollout } from './expect.ts'
import { story } from './harness.ts'

const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), pause())
const patch = (spec: object) => ({
  patch: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    patch: { spec: JSON.parse(JSON.stringify(spec)) },
  },
})

describe('an invalid Rollout', () => {
  story('says what is wrong, is left alone, and recovers when mended', {}, async (told) => {
    await told.begin(web.withSteps(setWeight(120)).build())
    await told.until(
      rollout('web').isDegraded(
        'InvalidSpec: The Rollout "web" is invalid: spec.strategy.steps[0].setWeight: Invalid value: 120: ' +
          'SetWeight needs to be between 0 and 100',
      ),
      '1m',
    )
    assert.equal(told.sandbox.cluster.list('ReplicaSet').length, 0)
    const settled = told.sandbox.server.resourceVersion
    await told.pass('6h')
    assert.equal(told.sandbox.server.resourceVersion, settled, 'an invalid Rollout is not retried for ever')
    told.act(patch({ strategy: { canary: { steps: [{ setWeight: 20 }] } } }))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('names every fault at once', {}, async (told) => {
    await told.begin(web.withSteps(setWeight(120), { setWeight: 10, pause: {} }).build())
    await told.until(rollout('web').isDegraded(/setWeight: Invalid value: 120.*; .*steps\[1\]/), '1m')
  })

  story('goes on serving with the version it has', {}, async (told) => {
    await told.begin(web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act(patch({ replicas: 2, strategy: { canary: { steps: [{ setWeight: -1 }] } } }))
    await told.until(rollout('web').isDegraded(/^InvalidSpec/), '1m')
    await told.pass('1h')
    expectSizes(told, 'web', { 1: 2 })
    told.act(patch({ strategy: { canary: { steps: [{ setWeight: 10 }] } } }))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story(
    'that nobody could judge does not begin its release, and says which metric of which template',
    {},
    async (told) => {
      const judged = web.withSteps(setWeight(50), analysis('check'))
      const nobody = { name: 'latency', provider: {} }
      await told.begin(anAnalysisTemplate('check'), judged.build())
      await told.until(rollout('web').isHealthy(), '2m')
      told.apply(anAnalysisTemplate('check', nobody))
      told.act({ setImage: { rollout: 'web', image: 'web:2' } })
      await told.until(
        rollout('web').isDegraded(
          /^InvalidSpec: .*spec\.strategy\.canary\.steps\[1\]\.analysis\.templates: .*check .*latency/,
        ),
        '1m',
      )
      expectSizes(told, 'web', { 1: 2 })
      told.apply(anAnalysisTemplate('check'))
      await told.until(rollout('web').isProgressing(), '1m')
    },
  )
})

describe('a missing object', () => {
  story('is named: a Service', {}, async (told) => {
    await told.begin(
      web.withCanary({ stableService: 'web-stable', canaryService: 'web-canary', steps: [setWeight(50)] }).build(),
    )
    await told.until(rollout('web').isDegraded(/^InvalidSpec: .*service "web-(stable|canary)" not found/), '1m')
    told.apply(...servicePair('web'))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('is named: an HTTPRoute', {}, async (told) => {
    await told.begin(...servicePair('web'), web.routedByHttpRoute('web').build())
    await told.until(rollout('web').isDegraded(/^InvalidSpec: .*web.*not found/), '1m')
    told.apply(anHttpRoute('web'))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('is named: an AnalysisTemplate', {}, async (told) => {
    await told.begin(web.withSteps(setWeight(50), analysis('check')).build())
    await told.until(rollout('web').isDegraded(/^InvalidSpec: .*AnalysisTemplate 'check' not found/), '1m')
    told.apply(anAnalysisTemplate('check'))
    await told.until(rollout('web').isHealthy(), '2m')
  })
})

describe('bad input', () => {
  story('on one object stops no other', {}, async (told) => {
    const malformed = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'odd' },
      spec: { selector: { matchLabels: { app: 'odd' } }, strategy: { canary: {} }, template: {} },
    }
    const emptyTemplate = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'empty' },
      spec: {},
    }
    const good = aRollout('good').withReplicas(2).withSteps(setWeight(50))
    await told.begin(malformed, emptyTemplate, web.withSteps(setWeight(50), analysis('empty')).build(), good.build())
    await told.until(rollout('good').isHealthy(), '2m')
    await told.pass('1m')
    told.expect(rollout('odd').isDegraded(/^InvalidSpec/))
    told.act({ setImage: { rollout: 'good', image: 'good:2' } })
    await told.until(rollout('good').isHealthy(), '2m')
  })

  story('refused by the API server is shown with its causes', {}, async (told) => {
    await told.begin(web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const containers = [{ name: 'main', image: 'web:2', resources: { limits: { cpu: 'lots' } } }]
    told.act(patch({ template: { metadata: { labels: { app: 'web' } }, spec: { containers } } }))
    await told.until(rollout('web').isDegraded(/^InvalidSpec: /), '1m')
    assert.match(theRollout(told.sandbox, 'web').status?.message ?? '', /limits/)
    expectSizes(told, 'web', { 1: 2 })
  })
})

describe('a Service of another Rollout', () => {
  story('is refused', {}, async (told) => {
    const other = { ...aService('web-stable', 'web') }
    const annotations = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'other' }
    const taken = { ...other, metadata: { ...other.metadata, annotations } }
    await told.begin(
      taken,
      aService('web-canary', 'web'),
      web.withCanary({ stableService: 'web-stable', canaryService: 'web-canary', steps: [setWeight(50)] }).build(),
    )
    await told.until(rollout('web').isDegraded(/Service "web-stable" is managed by another Rollout/), '1m')
  })
})
