import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { replicasOf } from '../../src/api/defaults.ts'
import { servicePair } from '../builders/objects.ts'
import { pluginName } from '../builders/plugins.ts'
import { aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { eventsOf, expectEvents, expectSizes, rollout, theRollout, weightsTold } from './expect.ts'
import type { Condition, Story } from './harness.ts'
import { type PluginHost, pluginConfigMap, pluginStory } from './plugin-host.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause('30s'), setWeight(50))
const routed = web.routedByPlugin(pluginName)

interface Sent {
  readonly canary: { readonly weight: number; readonly podTemplateHash: string }
  readonly headerRoutes: readonly unknown[]
}

/** What the plugin was told last. */
const intentOf = (host: PluginHost): Sent | undefined =>
  host.memory.intents.get('default/web')?.intent as Sent | undefined

const weightIn = ({ intent }: Readonly<Record<string, unknown>>): number => (intent as Sent).canary.weight

const weightSent = (host: PluginHost, weight: number): Condition => ({
  describe: `the plugin has weight ${weight}`,
  holds: () => intentOf(host)?.canary.weight === weight,
  actual: () => JSON.stringify(intentOf(host)?.canary),
})

const begin = async (told: Story, builder = routed, configMap: object = pluginConfigMap()): Promise<void> => {
  await told.begin(configMap, ...servicePair('web'), builder.build())
  await told.until(rollout('web').isHealthy(), '3m')
  await told.until(rollout('web').hasWeight(0), '1m')
}

const release = async (told: Story, builder = routed): Promise<void> => {
  await begin(told, builder)
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** I1 and I2 as far as the plugin is concerned: it never sends requests to pods that are not there. */
const watchShares = (told: Story, host: PluginHost): string[] => {
  const broken: string[] = []
  const { sandbox } = told
  sandbox.cluster.onChange(() => {
    const sent = intentOf(host)
    if (sent === undefined || sent.canary.weight === 0) return
    const found = theRollout(sandbox, 'web')
    const set = sandbox.cluster
      .controlledBy('ReplicaSet', found.metadata.uid)
      .find(({ metadata }) => metadata.name === `web-${sent.canary.podTemplateHash}`)
    const needed = Math.floor((sent.canary.weight * replicasOf(found)) / 100)
    if ((set?.spec.replicas ?? 0) < needed) broken.push(`${sent.canary.weight} % for ${set?.spec.replicas ?? 0} pods`)
  })
  return broken
}

describe('a plugin that routes', () => {
  pluginStory('is told each weight, which counts once it has confirmed it', async (told, host) => {
    await begin(told)
    const broken = watchShares(told, host)
    host.answerDelayMs = 3000
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(weightSent(host, 25), '2m')
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.weights?.canary.weight, 0, 'it has not answered yet')
    await told.until(rollout('web').hasWeight(25), '10s')
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.weights?.verified, true)
    await told.until(rollout('web').isHealthy(), '5m')
    await told.pass('1m')
    assert.deepEqual(weightsTold(told, 'web'), ['0', '25', '50', '100', '0'])
    expectSizes(told, 'web', { 2: 4 })
    assert.deepEqual(broken, [])
    expectEvents(told, 'web', ['TrafficWeightUpdated: Traffic weight updated from 0 to 25', 'RolloutCompleted'])
  })

  pluginStory('holds a step until its data plane has the weight', async (told, host) => {
    await release(told, web.routedByPlugin(pluginName, { settleSeconds: 45 }).withSteps(setWeight(50), pause()))
    await told.until(rollout('web').hasWeight(50), '3m')
    await told.pass('20s')
    told.expect(rollout('web').isAtStep(0))
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.weights?.verified, false)
    await told.until(rollout('web').isPaused(), '1m')
    assert.ok(host.asked.includes('verify'))
    const told50 = host.calls.filter(({ path, body }) => path.endsWith('/intent') && weightIn(body) === 50)
    assert.equal(told50.length, 1, 'an intent that is on its way is only verified')
  })

  pluginStory('is told header routes, and told to remove them', async (told, host) => {
    const builder = routed
      .withManagedRoutes('testers')
      .withSteps(
        setCanaryScale({ replicas: 1 }),
        setHeaderRoute('testers', { 'x-tester': 'yes' }),
        pause(),
        setHeaderRoute('testers'),
        pause(),
      )
    await release(told, builder)
    await told.until(rollout('web').isPaused(), '3m')
    assert.equal(intentOf(host)?.headerRoutes.length, 1)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(4), '3m')
    assert.equal(intentOf(host)?.headerRoutes.length, 0)
  })

  pluginStory(
    'that is down holds the release where it is, told once; an abort takes the weight away when it is back',
    async (told, host) => {
      await begin(told)
      host.isDown = true
      told.act({ setImage: { rollout: 'web', image: 'web:2' } })
      await told.pass('3m')
      told.expect(rollout('web').hasWeight(0))
      const errors = eventsOf(told, 'Rollout default/web').filter((event) => event.startsWith('TrafficRoutingError'))
      assert.equal(errors.length, 1)
      assert.match(errors[0] ?? '', /plugin acme\/reference: plugin\.tools: connect ECONNREFUSED/)
      host.isDown = false
      await told.until(rollout('web').hasWeight(25), '2m')
      host.isDown = true
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(/RolloutAborted/), '5s')
      await told.pass('2m')
      expectSizes(told, 'web', { 1: 4, 2: 1 })
      host.isDown = false
      await told.until(weightSent(host, 0), '2m')
      await told.until(rollout('web').hasWeight(0), '10s')
    },
  )

  pluginStory('that forgot everything is told anew within minutes', async (told, host) => {
    await release(told, web.routedByPlugin(pluginName).withSteps(setWeight(25), pause()))
    await told.until(rollout('web').isPaused(), '3m')
    host.memory.intents.clear()
    await told.until(weightSent(host, 25), '6m')
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.weights?.canary.weight, 25)
  })

  pluginStory('is told where a release stands by a controller that was killed', async (told, host) => {
    const broken = watchShares(told, host)
    host.answerDelayMs = 2000
    await release(told)
    await told.until(weightSent(host, 25), '3m')
    told.killController()
    await told.until(rollout('web').hasWeight(25), '1m')
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(broken, [])
  })

  pluginStory('gets the traffic of an interrupted revision back before its pods go', async (told, host) => {
    await begin(told, web.withSteps(setWeight(50), pause()).routedByPlugin(pluginName))
    const broken = watchShares(told, host)
    host.answerDelayMs = 4000
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused(), '3m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').hasWeight(0), '2m')
    await told.until(rollout('web').hasWeight(50), '3m')
    await told.pass('2m')
    expectSizes(told, 'web', { 1: 4, 3: 2 })
    assert.deepEqual(broken, [])
  })

  pluginStory('that is not configured, or is a program, is shown; the Rollout is scaled all the same', async (told) => {
    await told.begin(pluginConfigMap({ location: 'file://./router' }), ...servicePair('web'), routed.build())
    await told.pass('1m')
    const condition = theRollout(told.sandbox, 'web').status?.conditions?.find(
      ({ type }) => type === 'PluginUnavailable',
    )
    assert.equal(condition?.reason, 'PluginIsProgram')
    expectSizes(told, 'web', { 1: 4 })
    told.apply(pluginConfigMap())
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('5s')
    told.expect(rollout('web').hasWeight(0))
  })

  pluginStory('is told to send everything to stable when the Rollout names it no more', async (told, host) => {
    await release(told, routed.withSteps(setWeight(25), pause()))
    await told.until(rollout('web').isPaused(), '3m')
    const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }
    told.act({ patch: { ...target, patch: { spec: { strategy: { canary: { trafficRouting: null } } } } } })
    await told.until(weightSent(host, 0), '1m')
  })

  pluginStory('that is settled is asked every five minutes, and nothing is written for it', async (told, host) => {
    await begin(told)
    await told.pass('1m')
    const { length } = host.calls
    const version = theRollout(told.sandbox, 'web').metadata.resourceVersion
    await told.pass('16m')
    assert.equal(host.calls.length - length, 3)
    assert.equal(theRollout(told.sandbox, 'web').metadata.resourceVersion, version)
  })
})
