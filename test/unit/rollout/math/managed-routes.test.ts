import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CanaryStep } from '../../../../src/api/steps.ts'
import { managedRouteNames, routesBySteps } from '../../../../src/rollout/math/managed-routes.ts'
import type { Release } from '../../../../src/rollout/math/release.ts'
import { aRollout, setWeight } from '../../../builders/rollout-builder.ts'

const header = (name: string, value?: string): CanaryStep => ({
  setHeaderRoute: {
    name,
    ...(value !== undefined && { match: [{ headerName: 'x-user', headerValue: { exact: value } }] }),
  },
})

const mirror = (name: string, percentage?: number): CanaryStep => ({
  setMirrorRoute: { name, match: [{ method: { exact: 'GET' } }], ...(percentage !== undefined && { percentage }) },
})

const releaseAt = (currentStepIndex: number, ...steps: CanaryStep[]): Release => ({
  spec: aRollout('web')
    .routedByHttpRoute('web')
    .withCanary({
      steps,
      trafficRouting: { gatewayAPI: { httpRoute: 'web' }, managedRoutes: [{ name: 'testers' }, { name: 'shadow' }] },
    })
    .build().spec,
  status: { currentStepIndex },
})

const namesAt = (index: number, ...steps: CanaryStep[]): readonly string[] => {
  const { headerRoutes, mirrorRoutes } = routesBySteps(releaseAt(index, ...steps))
  return [...headerRoutes.map(({ name }) => `header ${name}`), ...mirrorRoutes.map(({ name }) => `mirror ${name}`)]
}

test('a route is there from its step on, and stays through the steps after it', () => {
  const steps = [setWeight(10), header('testers', 'jane'), setWeight(50)]
  assert.deepEqual(namesAt(0, ...steps), [])
  assert.deepEqual(namesAt(1, ...steps), ['header testers'])
  assert.deepEqual(namesAt(2, ...steps), ['header testers'])
  assert.deepEqual(namesAt(3, ...steps), ['header testers'])
})

test('a step without a match removes the route of its name', () => {
  const steps = [header('testers', 'jane'), mirror('shadow'), header('testers'), { setMirrorRoute: { name: 'shadow' } }]
  assert.deepEqual(namesAt(1, ...steps), ['header testers', 'mirror shadow'])
  assert.deepEqual(namesAt(2, ...steps), ['mirror shadow'])
  assert.deepEqual(namesAt(3, ...steps), [])
})

test('a later step of the same name takes the place of the earlier one', () => {
  const { headerRoutes } = routesBySteps(releaseAt(1, header('testers', 'jane'), header('testers', 'joe')))
  assert.deepEqual(headerRoutes, [
    { name: 'testers', match: [{ headerName: 'x-user', headerValue: { exact: 'joe' } }] },
  ])
})

test('routes are ordered by managedRoutes, whichever step came first', () => {
  assert.deepEqual(namesAt(1, header('shadow', 'a'), header('testers', 'b')), ['header testers', 'header shadow'])
  assert.deepEqual(managedRouteNames(releaseAt(0)), ['testers', 'shadow'])
})

test('a mirror copies all matching requests unless it says how many', () => {
  const percentages = (step: CanaryStep) => routesBySteps(releaseAt(0, step)).mirrorRoutes.map((one) => one.percentage)
  assert.deepEqual(percentages(mirror('shadow')), [100])
  assert.deepEqual(percentages(mirror('shadow', 20)), [20])
})
