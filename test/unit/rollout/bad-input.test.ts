import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { invalid } from '../../../src/api/field-error.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { statusPatch } from '../../../src/rollout/publish.ts'
import { readRollout } from '../../../src/rollout/read-rollout.ts'
import { aRollout, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  eventsOf,
  healthyStatus,
  noon,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const web = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(20))
  .withAnnotations({ 'rollout.argoproj.io/revision': '1' })
const faults = [invalid('spec.replicas', -1, 'must be greater than or equal to 0'), invalid('spec.paused', 'x', 'no')]
const message =
  'The Rollout "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0; ' +
  'spec.paused: Invalid value: "x": no'

/** As a server sends it, whatever it is. */
const stored = (object: object): StoredObject => JSON.parse(JSON.stringify(object))

describe('an invalid Rollout', () => {
  const rollout = storedRollout(web, healthyStatus(web))
  const replicaSets = [aReplicaSet(web, { revision: 1, pods: 3 })]

  it('is left as it is, and says every fault, the published one first', () => {
    const plan = decide(aSnapshot({ rollout, replicaSets, faults }))
    assert.deepEqual(plan.effects, [])
    assert.equal(plan.status.phase, 'Degraded')
    assert.equal(plan.status.message, `InvalidSpec: ${message}`)
    assert.equal(plan.status.stableRS, rollout.status?.stableRS)
    assert.equal(plan.wakeAt, undefined)
  })

  it('says so once', () => {
    const { status } = decide(aSnapshot({ rollout, replicaSets, faults }))
    const again = { ...rollout, status: structuredClone(status) as never }
    assert.deepEqual(decide(aSnapshot({ rollout: again, replicaSets, faults, now: noon + 60_000 })).status, status)
  })

  it('says what is new when the faults change', () => {
    const { status } = decide(aSnapshot({ rollout, replicaSets, faults }))
    const again = { ...rollout, status: structuredClone(status) as never }
    const later = decide(aSnapshot({ rollout: again, replicaSets, faults: faults.slice(1), now: noon + 60_000 })).status
    const condition = later.conditions?.find(({ type }) => type === 'InvalidSpec')
    assert.match(condition?.message ?? '', /invalid: spec\.paused/)
    assert.equal(condition?.lastUpdateTime, at(60))
    assert.equal(condition?.lastTransitionTime, at(0))
  })

  it('goes on when it is mended', () => {
    const { status } = decide(aSnapshot({ rollout, replicaSets, faults }))
    const mended = { ...rollout, status: structuredClone(status) as never }
    const plan = decide(aSnapshot({ rollout: mended, replicaSets }))
    assert.equal(plan.status.phase, 'Healthy')
    assert.equal(
      plan.status.conditions?.some(({ type }) => type === 'InvalidSpec'),
      false,
    )
  })

  it('that is new is announced all the same', () => {
    const plan = decide(aSnapshot({ rollout: storedRollout(web), faults }))
    assert.deepEqual(eventsOf(plan), ['RolloutAddedToInformer: Rollout resource added to informer: default/web'])
  })
})

describe('a malformed Rollout', () => {
  it('is read as far as it can be, with the faults of its spec', () => {
    const object = stored({ ...storedRollout(web, healthyStatus(web)), spec: { replicas: 'three', strategy: [] } })
    const read = readRollout(object)
    assert.deepEqual(
      read.faults.map(({ field }) => field),
      ['spec.replicas', 'spec.strategy'],
    )
    assert.equal(read.rollout.status?.phase, 'Healthy')
    assert.equal(decide(aSnapshot({ rollout: read.rollout, faults: read.faults })).status.phase, 'Degraded')
  })

  it('with a malformed status keeps what of it can be read, and loses the rest', () => {
    const status = { ...healthyStatus(web), replicas: 'many', conditions: 'none' }
    const object = stored({ ...storedRollout(web), status })
    const read = readRollout(object)
    assert.deepEqual(read.faults, [])
    assert.equal(read.rollout.status?.stableRS, status.stableRS)
    const plan = decide(aSnapshot({ rollout: read.rollout, replicaSets: [aReplicaSet(web, { revision: 1, pods: 3 })] }))
    const patch = statusPatch(object, plan.status)
    assert.equal(patch?.replicas, 3)
    assert.ok(Array.isArray(patch.conditions))
  })
})

describe('a total weight', () => {
  const faultsWith = (maxTrafficWeight: number) => {
    const { spec, ...rest } = storedRollout(web.withSteps(setWeight(0)).routedByIngress('web'))
    const canary = spec.strategy?.canary
    const trafficRouting = { ...canary?.trafficRouting, maxTrafficWeight }
    const { faults: found } = readRollout(
      stored({ ...rest, spec: { ...spec, strategy: { canary: { ...canary, trafficRouting } } } }),
    )
    return found.map(({ field, detail }) => `${field}: ${detail}`)
  }

  it('of nothing is refused, since no pods are a share of it', () => {
    const fault = 'spec.strategy.trafficRouting.maxTrafficWeight: must be greater than 0'
    assert.deepEqual(faultsWith(0), [fault])
    assert.equal(faultsWith(-5).at(-1), fault)
    assert.deepEqual(faultsWith(1), [])
  })
})
