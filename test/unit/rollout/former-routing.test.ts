import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { formerRoutingOf, routingInForce } from '../../../src/rollout/former-routing.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'

const web = aRollout('web').routedByHttpRoute('web')

const remembered = (builder = web, status: RolloutStatus = {}): RolloutStatus => {
  const routing = routingInForce({ spec: builder.build().spec, status })
  return { ...status, ...(routing && { routing: structuredClone(routing) as NonNullable<RolloutStatus['routing']> }) }
}

describe('what routers were served before', () => {
  it('is nothing to give back while the spec names the same', () => {
    assert.equal(formerRoutingOf(storedRollout(web, remembered())), undefined)
    assert.equal(formerRoutingOf(storedRollout(web)), undefined)
  })

  it('is given back with everything on stable and no route of a step', () => {
    const trafficRouting: TrafficRouting = {
      gatewayAPI: { httpRoute: 'web' },
      maxTrafficWeight: 1000,
      managedRoutes: [{ name: 'testers' }],
    }
    const status = { ...remembered(web.withCanary({ trafficRouting })), stableRS: 'old' }
    const former = formerRoutingOf(storedRollout(aRollout('web'), status))
    assert.deepEqual(
      former?.routers.map(({ name }) => name),
      ['gatewayAPI'],
    )
    assert.deepEqual(former?.intent, {
      canary: { serviceName: 'web-canary', podTemplateHash: '', weight: 0 },
      stable: { serviceName: 'web-stable', podTemplateHash: 'old', weight: 1000 },
      additional: [],
      maxWeight: 1000,
      headerRoutes: [],
      mirrorRoutes: [],
      managedRoutes: ['testers'],
    })
  })

  it('includes objects that go on to be served, where they are to have other Services', () => {
    const includes = (present: typeof web): boolean | undefined =>
      formerRoutingOf(storedRollout(present, remembered()))?.includesPresent
    assert.equal(includes(web.withCanary({ trafficRouting: { gatewayAPI: { httpRoute: 'api' } } })), false)
    assert.equal(includes(web.withCanary({ canaryService: 'web-next' })), true)
  })

  it('does not count Services of a ping-pong pair as others when they change roles', () => {
    const pair = web.withCanary({ pingPong: { pingService: 'ping', pongService: 'pong' } })
    const status = remembered(pair, { canary: { stablePingPong: 'pong' } })
    assert.deepEqual([status.routing?.canaryService, status.routing?.stableService], ['ping', 'pong'])
    const swapped = { ...status, canary: { stablePingPong: 'ping' } }
    assert.equal(formerRoutingOf(storedRollout(pair, swapped))?.includesPresent, false)
  })

  it('is forgotten where nobody can read it', () => {
    const status = { routing: { trafficRouting: { gatewayAPI: 'web' } } }
    assert.equal(formerRoutingOf(storedRollout(web, status)), undefined)
  })
})
