import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { workloadGenerationAnnotation } from '../../src/api/labels.ts'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, sizes, theRollout } from './expect.ts'
import { type Condition, type Story, story } from './harness.ts'

type ScaleDown = 'never' | 'onsuccess' | 'progressively'

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image }] },
})

/** A Deployment that has served so far. */
const deployment = (replicas = 4) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web:1') },
})

/** A Rollout without a template of its own. */
const referring = (scaleDown?: ScaleDown, kind = 'Deployment', apiVersion = 'apps/v1'): RolloutBuilder => {
  const workloadRef = { apiVersion, kind, name: 'web', ...(scaleDown && { scaleDown }) }
  const { metadata, spec } = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause()).build()
  const { template: _, selector: __, ...rest } = spec
  return aRollout(metadata.name ?? '').withSpec({ ...rest, workloadRef })
}

const withoutOwn = (builder: RolloutBuilder) => {
  const { spec, ...manifest } = builder.build()
  const { template: _, selector: __, ...rest } = spec
  return { ...manifest, spec: rest }
}

const setImage = (told: Story, image: string): void => {
  const spec = { template: { spec: { containers: [{ name: 'main', image }] } } }
  told.act({ patch: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', patch: { spec } } })
}

const scaleDeployment = (told: Story, replicas: number): void =>
  told.act({ patch: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', patch: { spec: { replicas } } } })

const theDeployment = (sandbox: Sandbox) => {
  const found = sandbox.cluster.get('Deployment', { namespace: 'default', name: 'web' })
  return found ?? assert.fail('there is no Deployment web')
}

const deploymentHas = (replicas: number): Condition => ({
  describe: `the Deployment has ${replicas} replicas`,
  holds: (sandbox) => theDeployment(sandbox).spec.replicas === replicas,
  actual: (sandbox) => String(theDeployment(sandbox).spec.replicas),
})

/** Fewest available pods of Deployment and Rollout together from now on. */
const watchAvailable = (told: Story): { fewest: number; most: number } => {
  const watched = { fewest: Number.POSITIVE_INFINITY, most: 0 }
  told.sandbox.cluster.onChange(({ kind }) => {
    if (kind !== 'ReplicaSet') return
    const sets = told.sandbox.cluster.list('ReplicaSet', 'default')
    const available = sets.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0)
    watched.fewest = Math.min(watched.fewest, available)
    watched.most = Math.max(
      watched.most,
      sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0),
    )
  })
  return watched
}

/** A Deployment serves alone; then the Rollout comes. */
const migrated = async (told: Story, scaleDown?: ScaleDown): Promise<void> => {
  await told.begin(deployment())
  await told.pass('1m')
  told.apply(withoutOwn(referring(scaleDown)))
  await told.until(rollout('web').isHealthy(), '2m')
}

const released = async (told: Story, image: string): Promise<void> => {
  setImage(told, image)
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  told.act({ promote: { rollout: 'web' } })
  await told.until(rollout('web').isHealthy(), '2m')
}

describe('a Rollout that refers to a Deployment', () => {
  story('runs its template beside it, and leaves it alone by default', {}, async (told) => {
    await migrated(told)
    await told.pass('10m')
    expectSizes(told, 'web', { 1: 4 })
    told.expect(deploymentHas(4))
    const { metadata, spec, status } = theRollout(told.sandbox, 'web')
    assert.deepEqual([spec.template, spec.selector], [undefined, undefined], 'the template was written to the Rollout')
    const generation = String(theDeployment(told.sandbox).metadata.generation)
    assert.equal(metadata.annotations?.[workloadGenerationAnnotation], generation)
    assert.equal(status?.workloadObservedGeneration, generation)
    assert.equal(status?.selector, 'app=web')
  })

  story('onsuccess: takes its place when it is healthy, and serves at every moment', {}, async (told) => {
    await told.begin(deployment())
    await told.pass('1m')
    const available = watchAvailable(told)
    told.apply(withoutOwn(referring('onsuccess')))
    await told.until(deploymentHas(0), '2m')
    await told.pass('2m')
    assert.ok(available.fewest >= 4, `only ${available.fewest} pods were available`)
    told.expect(rollout('web').isHealthy())
  })

  story('progressively: takes its place pod by pod', {}, async (told) => {
    await told.begin(deployment())
    await told.pass('1m')
    const available = watchAvailable(told)
    told.apply(withoutOwn(referring('progressively')))
    await told.until(deploymentHas(0), '5m')
    await told.until(rollout('web').isHealthy(), '2m')
    await told.pass('2m')
    assert.ok(available.fewest >= 4, `only ${available.fewest} pods were available`)
    assert.deepEqual(Object.keys(theDeployment(told.sandbox).metadata.annotations ?? {}), [])
  })

  for (const scaleDown of ['onsuccess', 'progressively'] as const) {
    story(`${scaleDown}: drains it again when somebody scales it up, in the second revision too`, {}, async (told) => {
      await migrated(told, scaleDown)
      await told.until(deploymentHas(0), '2m')
      scaleDeployment(told, 4)
      await told.until(deploymentHas(0), '1m')
      await released(told, 'web:2')
      expectSizes(told, 'web', { 2: 4 })
      scaleDeployment(told, 3)
      await told.until(deploymentHas(0), '1m')
    })
  }

  story('progressively: never lets it grow with a template that is only being tried', {}, async (told) => {
    await migrated(told, 'progressively')
    await told.until(deploymentHas(0), '2m')
    setImage(told, 'web:2')
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    told.sandbox.cluster.list('Pod', 'default').forEach(({ metadata }) => {
      told.act({ delete: { apiVersion: 'v1', kind: 'Pod', name: metadata.name } })
    })
    await told.pass('5m')
    told.expect(deploymentHas(0))
  })

  story('releases its new template step by step, while the Deployment stays at zero', {}, async (told) => {
    await migrated(told, 'onsuccess')
    await told.until(deploymentHas(0), '2m')
    setImage(told, 'web:2')
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectSizes(told, 'web', { 1: 3, 2: 1 })
    const { metadata, status } = theRollout(told.sandbox, 'web')
    assert.equal(status?.workloadObservedGeneration, metadata.annotations?.[workloadGenerationAnnotation])
    told.act({ abort: { rollout: 'web' } })
    await told.until(sizes('web', { 1: 4 }), '1m')
    setImage(told, 'web:1')
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 3: 4 })
  })

  story('begins anew when the template changes in the middle of a release', {}, async (told) => {
    await migrated(told, 'onsuccess')
    setImage(told, 'web:2')
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    setImage(told, 'web:3')
    await told.until(sizes('web', { 1: 3, 3: 1 }), '2m')
    await told.pass('10s')
    told.act({ promote: { rollout: 'web' } })
    await told.until(sizes('web', { 3: 4 }), '2m')
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('makes no revision when only the size of the Deployment changes', {}, async (told) => {
    await migrated(told)
    scaleDeployment(told, 7)
    await told.pass('1m')
    expectSizes(told, 'web', { 1: 4 })
    const { metadata, status } = theRollout(told.sandbox, 'web')
    assert.equal(metadata.annotations?.['rollout.argoproj.io/revision'], '1')
    assert.equal(status?.workloadObservedGeneration, String(theDeployment(told.sandbox).metadata.generation))
  })

  story('causes no write when nothing changes, also after a restart of the controller', {}, async (told) => {
    await migrated(told, 'progressively')
    await told.pass('2m')
    const versions = () =>
      [theRollout(told.sandbox, 'web'), theDeployment(told.sandbox)].map(({ metadata }) => metadata.resourceVersion)
    const before = versions()
    told.killController()
    await told.pass('1h')
    assert.deepEqual(versions(), before)
  })
})

describe('a reference that leads nowhere', () => {
  const missing = / is invalid: deployments\.apps "default\/web" not found$/

  story('is an error until the workload is there', {}, async (told) => {
    await told.begin(withoutOwn(referring('onsuccess')))
    await told.until(rollout('web').isDegraded(missing), '1m')
    told.apply(deployment())
    await told.until(rollout('web').isHealthy(), '2m')
    await told.until(deploymentHas(0), '1m')
  })

  story('leaves the pods alone when the workload is deleted, and goes on when it is back', {}, async (told) => {
    await migrated(told, 'onsuccess')
    await told.until(deploymentHas(0), '1m')
    told.act({ delete: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } })
    await told.until(rollout('web').isDegraded(missing), '1m')
    await told.pass('10m')
    expectSizes(told, 'web', { 1: 4 })
    told.apply(deployment())
    await told.until(rollout('web').isHealthy(), '1m')
    expectSizes(told, 'web', { 1: 4 })
    await told.until(deploymentHas(0), '1m')
  })

  story('of a kind that is not supported says so', {}, async (told) => {
    await told.begin(withoutOwn(referring(undefined, 'StatefulSet')))
    await told.until(rollout('web').isDegraded(/workload of type apps\/StatefulSet is not supported$/), '1m')
  })

  story('beside a template of its own is refused', {}, async (told) => {
    const both = aRollout('web').withSpec({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } })
    await told.begin(deployment(), both.build())
    const message = 'The Rollout "web" is invalid: template must be empty for workload reference rollout'
    await told.until(rollout('web').isDegraded(`InvalidSpec: ${message}`), '1m')
  })
})

describe('a Rollout that refers to another kind', () => {
  story('takes the template of a PodTemplate, and needs a selector of its own', {}, async (told) => {
    const podTemplate = {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 'web', namespace: 'default' },
      template: template('web:1'),
    }
    const manifest = withoutOwn(referring(undefined, 'PodTemplate', 'v1'))
    await told.begin(podTemplate, manifest)
    await told.until(rollout('web').isDegraded(/spec\.selector: Required value/), '1m')
    told.apply({ ...manifest, spec: { ...manifest.spec, selector: { matchLabels: { app: 'web' } } } })
    await told.until(rollout('web').isHealthy(), '2m')
    const patch = { template: { spec: { containers: [{ name: 'main', image: 'web:2' }] } } }
    told.act({ patch: { apiVersion: 'v1', kind: 'PodTemplate', name: 'web', patch } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectSizes(told, 'web', { 1: 3, 2: 1 })
  })

  story('takes template and selector of a ReplicaSet', {}, async (told) => {
    const { spec } = deployment(0)
    const replicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec,
    }
    await told.begin(replicaSet, withoutOwn(referring(undefined, 'ReplicaSet')))
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 1: 4 })
  })
})

describe('the first reference to a kind', () => {
  const hangs: FaultRule = {
    target: { user: controllerUser, verb: 'list', resource: 'deployments.apps' },
    kind: 'hang',
    nth: 1,
  }

  story('holds up nobody else, however long its cache takes', { faults: [hangs] }, async (told) => {
    const others = Array.from({ length: 12 }, (_, index) => {
      const { metadata, ...manifest } = withoutOwn(referring())
      return { ...manifest, metadata: { ...metadata, name: `referring-${index}` } }
    })
    await told.begin(deployment(), ...others)
    await told.pass('1s')
    told.apply(aRollout('plain').build())
    await told.until(rollout('plain').isHealthy(), '10s')
    const waiting = theRollout(told.sandbox, 'referring-0')
    assert.equal(waiting.status?.phase, undefined, 'the cache was filled after all')
    await told.until(rollout('referring-0').isHealthy(), '10m')
  })
})

describe('a blue/green Rollout that refers to a Deployment', () => {
  const service = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  const manifest = withoutOwn(referring('onsuccess'))
  const strategy = { blueGreen: { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false } }

  story('takes its place, and switches to a new template when promoted', {}, async (told) => {
    await told.begin(deployment(), service('active'), service('preview'))
    await told.pass('1m')
    told.apply({ ...manifest, spec: { ...manifest.spec, strategy } })
    await told.until(rollout('web').isHealthy(), '2m')
    await told.until(deploymentHas(0), '1m')
    setImage(told, 'web:2')
    await told.until(rollout('web').isPaused('BlueGreenPause'), '2m')
    scaleDeployment(told, 4)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '2m')
    await told.until(deploymentHas(0), '1m')
  })
})

describe('faults while a Deployment is drained', () => {
  const faults = [
    { title: 'the answer to the scaling is lost', kind: 'lose-response' },
    { title: 'the scaling fails', kind: 'error' },
    { title: 'the controller is killed before the scaling', kind: 'crash-before' },
    { title: 'the controller is killed after the scaling', kind: 'crash-after' },
  ] as const
  for (const { title, kind } of faults) {
    const target = { user: controllerUser, verb: 'patch', resource: 'deployments.apps' }
    const rule: FaultRule = { target, kind, nth: 1 }
    story(`end in the same: ${title}`, { faults: [rule] }, async (told) => {
      await migrated(told, 'progressively')
      await told.until(deploymentHas(0), '2m')
      await told.pass('1m')
      expectSizes(told, 'web', { 1: 4 })
      told.expect(rollout('web').isHealthy())
    })
  }
})
