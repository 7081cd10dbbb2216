import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inOrderOfEffects } from '../../../src/rollout/announcement-order.ts'
import { rolloutAborted, rolloutPaused, switchService, trafficWeightUpdated } from '../../../src/rollout/events.ts'

const weights = (weight: number) => ({ canary: { weight }, stable: { weight: 100 - weight } })
const traffic = { event: trafficWeightUpdated(weights(20), weights(0)), needs: 'traffic' }
const service = { event: switchService('web-canary', 'b', 'a'), needs: 'service/web-canary' }
const aborted = { event: rolloutAborted('Rollout aborted update to revision 2') }
const paused = { event: rolloutPaused('CanaryPauseStep') }

describe('the events of one pass', () => {
  it('tell of a Service that is switched before the traffic that is set after it', () => {
    assert.deepEqual(inOrderOfEffects([paused, traffic, service, aborted], 'traffic'), [
      paused,
      service,
      traffic,
      aborted,
    ])
  })

  it('stay as they are where no Service is switched', () => {
    assert.deepEqual(inOrderOfEffects([paused, traffic, aborted], 'traffic'), [paused, traffic, aborted])
  })
})
