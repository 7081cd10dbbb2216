import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnalysisRun } from '../../../src/api/analysis-run.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { productCrds, routingCrds } from '../../../src/sandbox/crds.ts'
import { watchInvariants } from '../../../src/sandbox/invariants/watch.ts'
import { controllerUser } from '../../../src/sandbox/operator-port.ts'
import { createSandbox } from '../../../src/sandbox/sandbox.ts'
import { applyObjects } from '../../../src/sandbox/scenario/actions.ts'
import type { Kind } from '../../../src/sandbox/world/cluster.ts'
import { anHttpRoute, aService } from '../../builders/objects.ts'
import { analysis, aRollout, pause, setCanaryScale, setWeight } from '../../builders/rollout-builder.ts'

const crds = [...productCrds(), ...routingCrds]
const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value))

const rolloutOf = (steps = [setWeight(20), pause()]) =>
  aRollout('web')
    .withReplicas(10)
    .withSteps(...steps)
    .routedByHttpRoute('web')

/** A cluster with a Rollout in mid-canary: 10 stable pods `old`, 2 canary pods `new`, all traffic on `old`. */
const midCanary = async (rollout = rolloutOf()) => {
  const sandbox = createSandbox({ crds })
  applyObjects(sandbox, [plain(rollout.build()), plain(anHttpRoute('web'))], 'default')
  const { uid } = sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' })?.metadata ?? { uid: '' }
  const replicaSet = (hash: string, replicas: number, image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${hash}`,
      namespace: 'default',
      labels: { app: 'web', 'rollouts-pod-template-hash': hash },
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }],
    },
    spec: {
      replicas,
      selector: { matchLabels: { 'rollouts-pod-template-hash': hash } },
      template: {
        metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': hash } },
        spec: { containers: [{ name: 'main', image }] },
      },
    },
  })
  const service = (name: string, hash: string) => {
    const object = aService(name, 'web')
    return { ...object, spec: { ...object.spec, selector: { app: 'web', 'rollouts-pod-template-hash': hash } } }
  }
  applyObjects(
    sandbox,
    [
      replicaSet('old', 10, 'web:0'),
      replicaSet('new', 2, 'web:1'),
      service('web-stable', 'old'),
      service('web-canary', 'new'),
    ].map(plain),
    'default',
  )
  const status = {
    stableRS: 'old',
    currentPodHash: 'new',
    currentStepIndex: 0,
    observedGeneration: '1',
    currentStepHash: 's',
  }
  const patch = (user: string, kind: Kind, name: string, body: JsonObject, subresource?: 'status') =>
    sandbox.cluster.patch(user, kind, { namespace: 'default', name }, body, subresource)
  patch('test', 'Rollout', 'web', { status }, 'status')
  await sandbox.clock.run({ forMs: 10_000 })
  const violations = watchInvariants(sandbox, controllerUser)
  const broken = () => violations.map(({ invariant, message }) => `${invariant} ${message}`)
  const write = (kind: Kind, name: string, body: JsonObject, subresource?: 'status') =>
    patch(controllerUser, kind, name, body, subresource)
  const route = (canary: number) =>
    write('HTTPRoute', 'web', {
      spec: {
        rules: [
          {
            backendRefs: [
              { name: 'web-stable', weight: 100 - canary },
              { name: 'web-canary', weight: canary },
            ],
          },
        ],
      },
    })
  return { sandbox, broken, write, route, patch, replicaSet }
}

describe('I1: no weight without pods', () => {
  it('allows what the available pods can carry', async () => {
    const { route, broken } = await midCanary()
    route(20)
    assert.deepEqual(broken(), [])
  })

  it('is broken by a weight above that', async () => {
    const { route, broken } = await midCanary()
    route(50)
    assert.deepEqual(broken(), [
      "I1 HTTPRoute web raises web's new from 0 % to 50 % with 2 available pods of 5 needed, 10 wanted",
    ])
  })

  it('is broken by a Service that switches to a ReplicaSet without pods', async () => {
    const { write, broken } = await midCanary()
    write('Service', 'web-stable', { spec: { selector: { 'rollouts-pod-template-hash': 'none' } } })
    assert.match(broken()[0] ?? '', /^I1 Service web-stable raises web's none from 0 % to 100 % with 0 available pods/)
  })

  it('lets an abort return to stable at once', async () => {
    const { route, write, patch, broken, sandbox } = await midCanary()
    route(20)
    patch('test', 'ReplicaSet', 'web-old', { spec: { replicas: 8 } })
    await sandbox.clock.run({ forMs: 10_000 })
    patch('test', 'Rollout', 'web', { status: { abort: true } }, 'status')
    route(0)
    write('ReplicaSet', 'web-old', { spec: { replicas: 10 } })
    assert.deepEqual(broken(), [])
  })

  it('does not judge what others write', async () => {
    const { patch, broken } = await midCanary()
    patch('somebody', 'HTTPRoute', 'web', { spec: { rules: [{ backendRefs: [{ name: 'web-canary' }] }] } })
    assert.deepEqual(broken(), [])
  })
})

/** An experiment of the Rollout, whose template wants 2 pods, behind a Service of its own. */
const withExperiment = async (available: number) => {
  const world = await midCanary()
  const { sandbox, replicaSet } = world
  const { uid } = sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' })?.metadata ?? { uid: '' }
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true }
  const metadata = { name: 'ab', namespace: 'default', ownerReferences: [owner] }
  const experiment = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', metadata, spec: { templates: [] } }
  applyObjects(sandbox, [plain(experiment)], 'default')
  const ab = sandbox.cluster.get('Experiment', { namespace: 'default', name: 'ab' })?.metadata.uid ?? ''
  const set = replicaSet('exp', available, 'web:1')
  const owned = { ...set.metadata, ownerReferences: [{ ...owner, kind: 'Experiment', name: 'ab', uid: ab }] }
  const service = aService('ab', 'web')
  const selector = { 'rollouts-pod-template-hash': 'exp' }
  applyObjects(
    sandbox,
    [plain({ ...set, metadata: owned }), plain({ ...service, spec: { ...service.spec, selector } })],
    'default',
  )
  await sandbox.clock.run({ forMs: 10_000 })
  const share = (weight: number): void =>
    world.write('HTTPRoute', 'web', {
      spec: {
        rules: [
          {
            backendRefs: [
              { name: 'web-stable', weight: 100 - weight },
              { name: 'ab', weight },
            ],
          },
        ],
      },
    })
  return { ...world, share }
}

describe('I1 and I2: pods of an experiment', () => {
  it('may get requests when all of them are available', async () => {
    const { share, broken } = await withExperiment(2)
    share(10)
    assert.deepEqual(broken(), [])
  })

  it('may not before they are', async () => {
    const { share, broken } = await withExperiment(0)
    share(10)
    assert.match(
      broken()[0] ?? '',
      /^I1 HTTPRoute web raises web's exp from 0 % to 10 % with 0 available pods of 1 needed/,
    )
  })

  it('may not go while they get requests', async () => {
    const { share, write, broken } = await withExperiment(2)
    share(10)
    write('ReplicaSet', 'web-exp', { spec: { replicas: 0 } })
    assert.deepEqual(broken(), ['I2 web-exp is scaled to 0 while it gets 10 % of the requests'])
  })
})

const testersTo = (service: string): JsonObject => ({
  spec: {
    rules: [
      { matches: [{ headers: [{ name: 'x-user', value: 'jane' }] }], backendRefs: [{ name: service }] },
      { backendRefs: [{ name: 'web-stable', weight: 100 }] },
    ],
  },
})

describe('requests with certain headers, however few', () => {
  it('may go to any available pod', async () => {
    const { write, broken } = await midCanary()
    write('HTTPRoute', 'web', testersTo('web-canary'))
    assert.deepEqual(broken(), [])
  })

  it('break I1 where there is none', async () => {
    const { write, patch, broken } = await midCanary()
    patch('test', 'Service', 'web-canary', { spec: { selector: { 'rollouts-pod-template-hash': 'none' } } })
    write('HTTPRoute', 'web', testersTo('web-canary'))
    assert.match(broken()[0] ?? '', /^I1 HTTPRoute web raises web's none from 0 % to some with 0 available pods/)
  })

  it('break I2 where the last pod goes', async () => {
    const { write, broken } = await midCanary()
    write('HTTPRoute', 'web', testersTo('web-canary'))
    write('ReplicaSet', 'web-new', { spec: { replicas: 0 } })
    assert.match(broken()[0] ?? '', /^I2 web's new is scaled from 2 to 0 while it gets some of the requests/)
  })
})

describe('I2: no early scale-down', () => {
  it('is broken by shrinking what gets requests', async () => {
    const { write, broken } = await midCanary()
    write('ReplicaSet', 'web-old', { spec: { replicas: 9 } })
    assert.deepEqual(broken(), ["I2 web's old is scaled from 10 to 9 while it gets 100 % of the requests"])
  })

  it('is broken by a scale-down to zero before the delay has passed', async () => {
    const { sandbox, route, patch, write, broken } = await midCanary()
    patch('test', 'ReplicaSet', 'web-new', { spec: { replicas: 10 } })
    await sandbox.clock.run({ forMs: 10_000 })
    route(100)
    await sandbox.clock.run({ forMs: 10_000 })
    write('ReplicaSet', 'web-old', { spec: { replicas: 0 } })
    assert.deepEqual(broken(), ["I2 web's old is scaled from 10 to 0 11 s after its last request, 30 s are promised"])
  })

  it('allows it afterwards', async () => {
    const { sandbox, route, patch, write, broken } = await midCanary()
    patch('test', 'ReplicaSet', 'web-new', { spec: { replicas: 10 } })
    await sandbox.clock.run({ forMs: 10_000 })
    route(100)
    await sandbox.clock.run({ forMs: 30_000 })
    write('ReplicaSet', 'web-old', { spec: { replicas: 0 } })
    assert.deepEqual(broken(), [])
  })
})

describe('I4: one revision per template', () => {
  it('is broken by a second ReplicaSet of the same template', async () => {
    const { sandbox, replicaSet, broken } = await midCanary()
    sandbox.server.handle(controllerUser, {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/default/replicasets',
      body: replicaSet('twin', 0, 'web:1'),
    })
    assert.deepEqual(broken(), ['I4 ReplicaSet web-twin is made although web-new has the same template'])
  })

  it('is broken by taking a ReplicaSet of another template', async () => {
    const { write, broken } = await midCanary()
    write('Rollout', 'web', { status: { currentPodHash: 'old' } }, 'status')
    assert.deepEqual(broken(), ['I4 web takes ReplicaSet web-old, whose template is another one'])
  })
})

describe('I5: a failure is no success', () => {
  const run = (phase: string, spec: Partial<AnalysisRun['spec']> = {}) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: 'web-run',
      namespace: 'default',
      labels: { 'rollouts-pod-template-hash': 'new', 'step-index': '0' },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'x', controller: true },
      ],
    },
    spec: { metrics: [], ...spec },
    status: {
      phase,
      metricResults: [{ name: 'm', phase, measurements: [{ phase, startedAt: '2026-01-01T00:00:00Z' }] }],
    },
  })
  const withRun = async (phase: string, spec: Partial<AnalysisRun['spec']> = {}) => {
    const world = await midCanary(rolloutOf([analysis('check'), pause()]))
    applyObjects(world.sandbox, [plain(run(phase, spec))], 'default')
    return world
  }
  const passStep = { status: { currentStepIndex: 1 } }

  it('allows to pass an analysis step with a successful run', async () => {
    const { write, broken } = await withRun('Successful')
    write('Rollout', 'web', passStep, 'status')
    assert.deepEqual(broken(), [])
  })

  it('is broken by passing it without one', async () => {
    const sentence = 'I5 web passes its analysis step 0 without a successful AnalysisRun'
    const failed = await withRun('Failed')
    failed.write('Rollout', 'web', passStep, 'status')
    assert.deepEqual(failed.broken(), [sentence])
    const cutOff = await withRun('Successful', { terminate: true })
    cutOff.write('Rollout', 'web', passStep, 'status')
    assert.deepEqual(cutOff.broken(), [sentence])
  })

  it('is broken by a promotion without a good verdict on what serves', async () => {
    const postPromotionAnalysis = { templates: [{ templateName: 'check' }] }
    const blueGreen = aRollout('web').withReplicas(10).withBlueGreen({ postPromotionAnalysis })
    const canary = rolloutOf([pause()]).withCanary({ postPromotionAnalysis })
    const promote = { status: { stableRS: 'new' } }
    const promoteWith = async (phase: string, rollout = blueGreen): Promise<readonly string[]> => {
      const { sandbox, patch, write, broken } = await midCanary(rollout)
      const made = run(phase)
      const labels = { ...made.metadata.labels, 'rollout-type': 'PostPromotion' }
      applyObjects(sandbox, [plain({ ...made, metadata: { ...made.metadata, labels } })], 'default')
      patch('test', 'Rollout', 'web', { status: { blueGreen: { activeSelector: 'new' } } }, 'status')
      write('Rollout', 'web', promote, 'status')
      return broken()
    }
    const sentence = 'I5 web promotes new without a successful analysis after the promotion'
    assert.deepEqual(await promoteWith('Successful'), [])
    assert.deepEqual(await promoteWith('Running'), [sentence])
    assert.deepEqual(await promoteWith('Successful', canary), [])
    assert.deepEqual(await promoteWith('Failed', canary), [sentence])
  })

  it('is broken by a verdict that changes', async () => {
    const { write, broken } = await withRun('Failed')
    const [result] = run('Successful').status.metricResults
    write('AnalysisRun', 'web-run', { status: { phase: 'Successful', metricResults: [plain(result)] } })
    assert.deepEqual(broken(), [
      'I5 AnalysisRun web-run was Failed and becomes Successful',
      'I5 A measurement of m in web-run was Failed and becomes Successful',
    ])
  })
})

describe('I7: steady HPAReplicas', () => {
  it('is broken by counting the pods of both versions', async () => {
    const { write, broken } = await midCanary()
    write('Rollout', 'web', { status: { HPAReplicas: 12 } }, 'status')
    assert.deepEqual(broken(), ['I7 web reports 12 HPAReplicas, more than the 10 that a new version may not change'])
  })

  it('is broken by counting too few', async () => {
    const { write, broken } = await midCanary()
    write('Rollout', 'web', { status: { HPAReplicas: 8 } }, 'status')
    assert.match(broken()[0] ?? '', /^I7 web reports 8 HPAReplicas although/)
  })

  it('is broken by counting the preview of blue/green', async () => {
    const blueGreen = aRollout('web').withReplicas(10).withBlueGreen({ activeService: 'web-stable' })
    const { write, broken } = await midCanary(blueGreen)
    write('Rollout', 'web', { status: { HPAReplicas: 12, blueGreen: { activeSelector: 'old' } } }, 'status')
    assert.deepEqual(broken(), ['I7 web reports 12 HPAReplicas, more than the 10 that a new version may not change'])
  })
})

describe('I8: setCanaryScale moves no traffic', () => {
  it('is broken by a weight that moves at such a step', async () => {
    const { patch, route, broken } = await midCanary(
      rolloutOf([setWeight(10), setCanaryScale({ replicas: 2 }), pause()]),
    )
    route(10)
    patch('test', 'Rollout', 'web', { status: { currentStepIndex: 1 } }, 'status')
    route(0)
    assert.deepEqual(broken(), ['I8 web moves its canary from 10 % to 0 % at a setCanaryScale step'])
  })
})

describe('I13: no secrets told', () => {
  it('is broken by the value of a Secret in any object', async () => {
    const { sandbox, write, broken } = await midCanary()
    const data = { password: Buffer.from('hunter2hunter2').toString('base64') }
    applyObjects(sandbox, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data }], 'default')
    write('Rollout', 'web', { status: { message: 'cannot log in with hunter2hunter2' } }, 'status')
    assert.deepEqual(broken(), ['I13 Rollout web holds the value of a Secret'])
  })
})
