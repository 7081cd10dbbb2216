import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { objectOr } from '../../src/lib/json-value.ts'
import { routingCrds } from '../../src/sandbox/crds.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setMirrorRoute, setWeight } from '../builders/rollout-builder.ts'
import { answersTo, conditionTold, eventsOf, rollout } from './expect.ts'
import { story } from './harness.ts'

const isOfHttpRoutes = ({ metadata }: object & { metadata?: unknown }): boolean =>
  objectOr(metadata).name === 'httproutes.gateway.networking.k8s.io'

const newer = routingCrds.filter(isOfHttpRoutes)

const object = (properties: object) => ({ type: 'object', properties })
const list = (items: object) => ({ type: 'array', items })
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** HTTPRoutes as the Gateway API had them before 1.3, as far as mirrors go. */
const older = newer.map((crd) => {
  const mirror = object({ backendRef: open })
  const filters = list(object({ type: { type: 'string' }, requestMirror: mirror }))
  const rules = list({ ...object({ name: { type: 'string' }, matches: list(open), filters, backendRefs: list(open) }) })
  const copy = structuredClone(crd) as { spec: { versions: { schema: { openAPIV3Schema: { properties: object } } }[] } }
  for (const { schema } of copy.spec.versions) {
    const { properties } = schema.openAPIV3Schema
    schema.openAPIV3Schema.properties = { ...properties, spec: object({ parentRefs: list(open), rules }) }
  }
  return copy
})

const steps = [setWeight(25), setMirrorRoute('shadow', 'GET', 40), pause()]
const web = aRollout('web')
  .withReplicas(4)
  .routedByHttpRoute('web')
  .withManagedRoutes('shadow')
  .withSteps(...steps)

describe('a share of mirrored requests that the installed Gateway API does not know', () => {
  story('is told of before anything is copied, and mirrored once it does', {}, async (told) => {
    told.apply(...older)
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const copied: unknown[] = []
    told.sandbox.cluster.onChange(({ kind, object: changed }) => {
      if (kind === 'HTTPRoute' && JSON.stringify(changed).includes('requestMirror')) copied.push(changed)
    })
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('2m')
    const fault =
      /HTTPRoute default\/web: the installed CustomResourceDefinition httproutes.gateway.networking.k8s.io does not know spec.rules\[0\].filters\[0\].requestMirror.percent: install a newer/
    assert.ok(eventsOf(told, 'Rollout default/web').some((text) => fault.test(text)))
    assert.match(conditionTold(told, 'web', 'TrafficRouted'), fault)
    assert.deepEqual(copied, [])
    told.apply(...newer)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '20m')
    assert.deepEqual(answersTo(told, 'web', { method: 'GET' }), { answers: { 1: 75, 2: 25 }, copies: { 2: 40 } })
  })
})
