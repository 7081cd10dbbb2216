import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, theRollout } from './expect.ts'
import { type Condition, type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(50), pause())

const budget = (minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
})

const instant = (told: Story, afterMs = 0): string =>
  new Date(Math.ceil((told.sandbox.clock.now() + afterMs) / 1000) * 1000).toISOString().replace('.000Z', 'Z')

/** What `kubectl crossfade restart` writes. */
const restart = (told: Story, restartAt = instant(told)): string => {
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }
  told.act({ patch: { ...target, patch: { spec: { restartAt } } } })
  return restartAt
}

const isRestarted = (restartAt: string): Condition => ({
  describe: `the restart of ${restartAt} is done`,
  holds: (sandbox) => theRollout(sandbox, 'web').status?.restartedAt === restartAt,
  actual: (sandbox) => String(theRollout(sandbox, 'web').status?.restartedAt),
})

const podNames = (told: Story): readonly string[] =>
  told.sandbox.cluster
    .list('Pod', 'default')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)

/** Fewest available pods of the Rollout from now on, by what its ReplicaSets report. */
const watchAvailable = (told: Story): { fewest: number } => {
  const watched = { fewest: Number.POSITIVE_INFINITY }
  told.sandbox.cluster.onChange(({ kind }) => {
    if (kind !== 'ReplicaSet') return
    const sets = told.sandbox.cluster.list('ReplicaSet', 'default')
    const available = sets.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0)
    watched.fewest = Math.min(watched.fewest, available)
  })
  return watched
}

const countEvictions = (told: Story): { count: number } => {
  const asked = { count: 0 }
  told.sandbox.server.intercept({
    before: ({ subresource, user }) => {
      if (subresource === 'eviction' && user === controllerUser) asked.count++
      return undefined
    },
  })
  return asked
}

const deployed = async (told: Story, builder: RolloutBuilder = web, ...others: object[]): Promise<void> => {
  await told.begin(builder.build(), ...others)
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
}

const routed = web.withReplicas(3).withSteps(setWeight(34), pause()).routedByHttpRoute('web')

/** A release with a share of the traffic, which waits for a person. */
const waiting = async (told: Story, builder: RolloutBuilder): Promise<void> => {
  await deployed(told, builder, ...servicePair('web'), anHttpRoute('web'))
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  await told.pass('1m')
}

describe('restartAt', () => {
  story('replaces every pod that is older, one after the other', {}, async (told) => {
    await deployed(told)
    const before = new Set(podNames(told))
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(rollout('web').isProgressing('rollout is restarting'), '1m')
    await told.until(isRestarted(restartAt), '10m')
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(
      podNames(told).filter((name) => before.has(name)),
      [],
    )
    assert.equal(available.fewest, 3)
    expectSizes(told, 'web', { 1: 4 })
  })

  story('takes as many at a time as may be unavailable', {}, async (told) => {
    await deployed(told, web.withCanary({ maxUnavailable: '50%' }))
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    assert.equal(available.fewest, 2)
  })

  story('in the future waits for its time', {}, async (told) => {
    await deployed(told)
    const before = podNames(told)
    const restartAt = restart(told, instant(told, 10 * 60_000))
    await told.pass('9m')
    assert.deepEqual(podNames(told), before)
    told.expect(rollout('web').isProgressing('rollout is restarting'))
    await told.until(isRestarted(restartAt), '10m')
  })

  story('does nothing to a release that waits, but to replace its pods', {}, async (told) => {
    await deployed(told)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    await told.pass('1m')
    const before = new Set(podNames(told))
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.deepEqual(
      podNames(told).filter((name) => before.has(name)),
      [],
    )
    expectSizes(told, 'web', { 1: 2, 2: 2 })
  })

  story('takes one pod after the other from a release that waits', {}, async (told) => {
    await waiting(told, routed)
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    assert.equal(available.fewest, 4)
  })

  story('is done with the release of another version', {}, async (told) => {
    await deployed(told)
    told.controller.crash()
    const restartAt = restart(told)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.startController()
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    told.expect(isRestarted(restartAt))
  })

  story('goes on where it was after the controller was killed', {}, async (told) => {
    await deployed(told)
    const before = new Set(podNames(told))
    const restartAt = restart(told)
    await told.pass('1s')
    told.killController()
    await told.until(isRestarted(restartAt), '10m')
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(
      podNames(told).filter((name) => before.has(name)),
      [],
    )
  })

  story('is written once: a restart that is done causes nothing more', {}, async (told) => {
    await deployed(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    await told.until(rollout('web').isHealthy(), '2m')
    await told.pass('2m')
    const { resourceVersion } = theRollout(told.sandbox, 'web').metadata
    await told.pass('1h')
    assert.equal(theRollout(told.sandbox, 'web').metadata.resourceVersion, resourceVersion)
  })
})

describe('a restart under a PodDisruptionBudget', () => {
  story('evicts only as many pods as the budget lets go', {}, async (told) => {
    await deployed(told, web.withCanary({ maxUnavailable: '75%' }), budget(3))
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '20m')
    assert.equal(available.fewest, 3)
  })

  story('that allows nothing waits, and goes on when the budget does', {}, async (told) => {
    await deployed(told, web, budget(4))
    const asked = countEvictions(told)
    const before = podNames(told)
    const restartAt = restart(told)
    await told.pass('10m')
    assert.deepEqual(podNames(told), before)
    told.expect(rollout('web').isProgressing('rollout is restarting'))
    assert.ok(asked.count >= 15 && asked.count <= 25, `asked ${asked.count} times in ten minutes`)
    told.apply(budget(3))
    await told.until(isRestarted(restartAt), '10m')
  })

  story('that allows nothing does not hold a release', {}, async (told) => {
    await deployed(told, web, budget(4))
    const before = podNames(told)
    restart(told)
    await told.pass('2m')
    assert.deepEqual(podNames(told), before)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  })
})

describe('a restart of a blue/green Rollout', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'active', namespace: 'default' } }
  const active = { ...service, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }
  const blueGreen = (maxUnavailable?: number) =>
    web.withSpec({ strategy: { blueGreen: { activeService: 'active', ...(maxUnavailable && { maxUnavailable }) } } })

  story('replaces its pods one after the other', {}, async (told) => {
    await deployed(told, blueGreen(), active)
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    await told.until(rollout('web').isHealthy(), '2m')
    assert.equal(available.fewest, 3)
  })

  story('replaces as many at a time as its maxUnavailable says', {}, async (told) => {
    await deployed(told, blueGreen(2), active)
    const available = watchAvailable(told)
    const restartAt = restart(told)
    await told.until(isRestarted(restartAt), '10m')
    assert.equal(available.fewest, 2)
  })
})

describe('faults during a restart', () => {
  for (const kind of ['error', 'network', 'lose-response', 'crash-before', 'crash-after', 'stale'] as const) {
    const target = { user: controllerUser, verb: 'create', resource: 'pods', subresource: 'eviction' }
    const rule: FaultRule = { target, kind, nth: 2 }
    story(`end in the same: ${kind} at the second eviction`, { faults: [rule] }, async (told) => {
      await deployed(told)
      const before = new Set(podNames(told))
      const available = watchAvailable(told)
      const restartAt = restart(told)
      await told.until(isRestarted(restartAt), '10m')
      await told.until(rollout('web').isHealthy(), '2m')
      assert.deepEqual(
        podNames(told).filter((name) => before.has(name)),
        [],
      )
      assert.ok(available.fewest >= 3, `only ${available.fewest} pods were available`)
    })
  }
})
