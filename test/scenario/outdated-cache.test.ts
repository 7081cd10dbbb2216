import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { injectFaults } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout, trafficOf } from './expect.ts'
import { story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), pause('30s'), setWeight(60), pause('2m'))
  .routedByHttpRoute('web')

describe('while the watch of Rollouts is down and those of all else are not', () => {
  story('a status whose answer was lost does not make the weights swing', {}, async (told) => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(1))
    await told.pass('25s')

    const { server, clock } = told.sandbox
    const target = { user: controllerUser, resource: 'rollouts.argoproj.io' }
    injectFaults(
      [
        { target: { ...target, verb: 'watch' }, kind: 'error', nth: 1, count: 4 },
        { target: { ...target, subresource: 'status' }, kind: 'lose-response', nth: 1, count: 2 },
      ],
      { server, clock },
    )
    server.closeWatches({ user: controllerUser, plural: 'rollouts' })
    let routeWrites = 0
    told.sandbox.cluster.onChange(({ object }) => {
      if (object.kind === 'HTTPRoute') routeWrites += 1
      // Weights that swing without end would let no time pass, and the story would never come to its end.
      if (routeWrites > 20) told.controller.crash()
    })
    await told.pass('60s')
    assert.deepEqual(trafficOf(told, 'web'), { 1: 40, 2: 60 })
    assert.ok(routeWrites <= 4, `the HTTPRoute was written ${routeWrites} times\n${told.describe()}`)
    await told.until(rollout('web').isStableAt(2), '10m')
  })
})
