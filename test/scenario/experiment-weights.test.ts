import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { refusal } from '../builders/fake-collection.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { experiment, pause, setWeight } from '../builders/rollout-builder.ts'
import { eventsOf, expectEvents, expectTraffic, rollout, theRollout } from './expect.ts'
import { experimentServicesOf, replicaSetsOf } from './expect-experiment.ts'
import { release, rests, theOnly, web } from './experiment-step.ts'
import { type Condition, type Story, story } from './harness.ts'

const sideBySide = {
  templates: [
    { name: 'baseline', specRef: 'stable', weight: 5 },
    { name: 'canary', specRef: 'canary', weight: 10 },
  ],
}
const weighted = web
  .withSteps(setWeight(25), experiment({ ...sideBySide, duration: '1m' }), pause())
  .routedByHttpRoute('web')

describe('an experiment step with weights', () => {
  const hashOf = (told: Story, template: string): string =>
    replicaSetsOf(told.sandbox, theOnly(told).metadata.name).get(template)?.metadata.labels?.[podTemplateHashLabel] ??
    ''

  const inForce: Condition = {
    describe: 'the pods of the experiment get traffic',
    holds: (sandbox) => theRollout(sandbox, 'web').status?.canary?.weights?.additional !== undefined,
  }

  story('sends each of its versions a share of the traffic while it runs', {}, async (told) => {
    await release(told, weighted, anHttpRoute('web'))
    await told.until(inForce, '1m')
    const { name } = theOnly(told).metadata
    const [baseline, canary] = [hashOf(told, 'baseline'), hashOf(told, 'canary')]
    await told.pass('1s')
    expectTraffic(told, 'web', { 1: 60, 2: 25, [baseline]: 5, [canary]: 10 })
    assert.deepEqual(theRollout(told.sandbox, 'web').status?.canary?.weights?.additional, [
      { weight: 5, serviceName: `${name}-baseline`, podTemplateHash: baseline },
      { weight: 10, serviceName: `${name}-canary`, podTemplateHash: canary },
    ])
    await told.until(rollout('web').isPaused(), '2m')
    expectTraffic(told, 'web', { 1: 75, 2: 25 })
    await told.until(rests, '1m')
    await told.pass('1s')
    assert.deepEqual(experimentServicesOf(told, name), [])
    const both = `{5 ${name}-baseline ${baseline}} {10 ${name}-canary ${canary}}`
    expectEvents(told, 'web', [
      'TrafficWeightUpdated: Traffic weight updated from 0 to 25',
      `TrafficWeightUpdated: Traffic weight updated additional: [${both}]`,
      'TrafficWeightUpdated: Traffic weight updated additional: []',
    ])
  })

  story(
    'keeps its pods until the Rollout has acted on its end, also where the status could not tell of their share',
    {},
    async (told) => {
      const { server } = told.sandbox
      let isRouted = false
      let isRefused = true
      server.intercept({
        before: ({ verb, resource, request }) => {
          const isOfTheRelease =
            resource === 'rollouts.argoproj.io' || resource === 'httproutes.gateway.networking.k8s.io'
          if (verb !== 'patch' || !isOfTheRelease || !isRefused) return { type: 'proceed' }
          const leadsThere = resource.startsWith('httproutes') && JSON.stringify(request).includes('-baseline')
          if (!isRouted && leadsThere) {
            isRouted = true
            return { type: 'proceed' }
          }
          return isRouted ? { type: 'fail', error: refusal(500) } : { type: 'proceed' }
        },
      })
      await release(told, weighted, anHttpRoute('web'))
      await told.until({ describe: 'pods of the experiment get traffic', holds: () => isRouted }, '1m')
      await told.pass('2m')
      assert.equal(theOnly(told).status?.phase, 'Successful')
      assert.equal(theRollout(told.sandbox, 'web').status?.canary?.weights?.additional, undefined)
      isRefused = false
      await told.until(rollout('web').isPaused(), '1m')
      await told.until(rests, '1m')
    },
  )

  story('serves on the ports of the stable Service, to which the route leads', {}, async (told) => {
    await release(told, weighted, anHttpRoute('web'))
    await told.until(inForce, '1m')
    const [service] = experimentServicesOf(told, theOnly(told).metadata.name)
    assert.deepEqual(
      service?.spec.ports?.map(({ name, port, targetPort }) => ({ name, port, targetPort })),
      [
        { name: 'tcp-80', port: 80, targetPort: 8080 },
        { name: 'tcp-8080', port: 8080, targetPort: 8080 },
      ],
    )
  })

  story('takes the traffic away at once when the release is aborted', {}, async (told) => {
    await release(told, weighted, anHttpRoute('web'))
    await told.until(inForce, '1m')
    told.act({ abort: { rollout: 'web' } })
    await told.pass('1s')
    expectTraffic(told, 'web', { 1: 100 })
    await told.until(rests, '1m')
  })

  story('takes the traffic away at once when a newer revision interrupts it', {}, async (told) => {
    await release(told, weighted, anHttpRoute('web'))
    await told.until(inForce, '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(
      {
        describe: 'no experiment gets traffic',
        holds: (sandbox) => theRollout(sandbox, 'web').status?.canary?.weights?.additional === undefined,
      },
      '2s',
    )
    await told.until(inForce, '2m')
  })

  story(
    'keeps the pods of an ended experiment until the traffic has left, whatever the delay',
    {
      faults: [],
    },
    async (told) => {
      const atOnce = { ...sideBySide, duration: '30s', scaleDownDelaySeconds: 0 }
      await release(told, weighted.withSteps(setWeight(25), experiment(atOnce), pause()), anHttpRoute('web'))
      await told.until(inForce, '1m')
      await told.until(rollout('web').isPaused(), '2m')
      await told.until(rests, '10s')
      expectTraffic(told, 'web', { 1: 75, 2: 25 })
      const leaves = eventsOf(told, 'Rollout default/web').findIndex((text) => text.includes('additional: []'))
      assert.ok(leaves > 0)
    },
  )

  story('refuses weights that leave less than nothing for stable', {}, async (told) => {
    const heavy = { templates: [{ name: 'canary', specRef: 'canary', weight: 80 }] }
    await release(told, weighted.withSteps(setWeight(25), experiment(heavy)), anHttpRoute('web'))
    await told.until(rollout('web').isDegraded(/InvalidSpec: .*add up to 100 at most/), '1m')
  })

  story('refuses weights without a router', {}, async (told) => {
    await told.begin(...servicePair('web'), web.withSteps(setWeight(25), experiment(sideBySide)).build())
    await told.until(
      rollout('web').isDegraded(/Experiment template weight cannot be set unless TrafficRouting is enabled/),
      '1m',
    )
  })
})
