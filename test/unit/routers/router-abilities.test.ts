import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CanaryStrategy } from '../../../src/api/canary.ts'
import type { RouterAbility } from '../../../src/routers/router.ts'
import { abilityErrors } from '../../../src/routers/router-abilities.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

const errorsOf = (canary: CanaryStrategy, ...abilities: RouterAbility[]): readonly string[] =>
  abilityErrors({ name: 'nginx', abilities }, aRollout('web').withCanary(canary).build()).map(
    ({ field, detail }) => `${field}: ${detail}`,
  )

const routes: CanaryStrategy = {
  steps: [
    { setHeaderRoute: { name: 'a', match: [{ headerName: 'x', headerValue: { exact: '1' } }] } },
    { setMirrorRoute: { name: 'b', match: [{ method: { exact: 'GET' } }] } },
  ],
}

test('a step that needs a route which a router cannot make names the step and the router', () => {
  assert.deepEqual(errorsOf(routes), [
    'spec.strategy.canary.steps[0].setHeaderRoute: the router nginx cannot route by headers: remove this, or the router',
    'spec.strategy.canary.steps[1].setMirrorRoute: the router nginx cannot mirror requests: remove this, or the router',
  ])
  assert.deepEqual(errorsOf(routes, 'header-routes', 'mirror-routes'), [])
})

test('a step that only removes a route asks nothing of a router', () => {
  assert.deepEqual(errorsOf({ steps: [{ setHeaderRoute: { name: 'a' } }, { setMirrorRoute: { name: 'b' } }] }), [])
})

test('a maxTrafficWeight is refused where a router counts in per cent', () => {
  const fields = (maxTrafficWeight: number, ...abilities: RouterAbility[]) =>
    errorsOf({ trafficRouting: { maxTrafficWeight } }, ...abilities).map((error) => error.split(':')[0])
  assert.deepEqual(fields(1000), ['spec.strategy.canary.trafficRouting.maxTrafficWeight'])
  assert.deepEqual(fields(1000, 'weights-beyond-100'), [])
  assert.deepEqual(fields(100), [])
})

test('a pair of Services that change roles is refused where a router cannot follow them', () => {
  const pingPong = { pingService: 'ping', pongService: 'pong' }
  assert.equal(errorsOf({ pingPong }).length, 1)
  assert.deepEqual(errorsOf({ pingPong }, 'ping-pong'), [])
})

test('only an experiment with weights needs further destinations', () => {
  const steps = (weight?: number) => [
    {
      experiment: { templates: [{ name: 'a', specRef: 'canary', ...(weight !== undefined && { weight }) }] },
    },
  ]
  assert.deepEqual(errorsOf({ steps: steps() }), [])
  assert.match(
    errorsOf({ steps: steps(5) })[0] ?? '',
    /^spec\.strategy\.canary\.steps\[0\]\.experiment\.templates\[0\]\.weight/,
  )
})
