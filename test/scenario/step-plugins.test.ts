import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { pluginName } from '../builders/plugins.ts'
import { aRollout, pause, plugin, setWeight } from '../builders/rollout-builder.ts'
import { eventsOf, expectEvents, rollout, sizes, theRollout } from './expect.ts'
import type { Condition, Story } from './harness.ts'
import { pluginConfigMap, pluginStory } from './plugin-host.ts'

const web = aRollout('web').withReplicas(2)

const byPlugin = (config: Parameters<typeof plugin>[1] = {}) => plugin(pluginName, config)

/** The first version is out and whole, and the second is asked for. */
const release = async (told: Story, builder = web, configMap: object = pluginConfigMap()): Promise<void> => {
  await told.begin(configMap, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const statusesOf = ({ sandbox }: Pick<Story, 'sandbox'>) =>
  theRollout(sandbox, 'web').status?.canary?.stepPluginStatuses ?? []

const shown = (told: Pick<Story, 'sandbox'>): string =>
  statusesOf(told)
    .map(({ index, operation, phase }) => `${operation} ${index} ${phase}`)
    .join(', ')

const plugins = (wanted: string): Condition => ({
  describe: `the step plugins are at: ${wanted}`,
  holds: (sandbox) => shown({ sandbox }) === wanted,
  actual: (sandbox) => shown({ sandbox }),
})

const conditionOf = (told: Story, type: string) =>
  theRollout(told.sandbox, 'web').status?.conditions?.find((condition) => condition.type === type)

describe('a step plugin', () => {
  pluginStory('runs, is asked again when it wants to be, and lets the release go on', async (told, host) => {
    await release(told, web.withSteps(setWeight(50), byPlugin({ seconds: 45 }), setWeight(100)))
    await told.until(plugins('Run 1 Running'), '2m')
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(host.asked, ['run', 'run'])
    const [first, second] = host.calls
    assert.ok((second?.timeMs ?? 0) - (first?.timeMs ?? 0) >= 45_000)
    const [status] = statusesOf(told)
    assert.deepEqual(
      [status?.phase, status?.executions, status?.message, status?.backoff],
      ['Successful', 2, 'done', undefined],
    )
    assert.ok(status?.startedAt !== undefined && status.finishedAt !== undefined)
    expectEvents(told, 'web', [
      'StepPluginTransition: Step plugin acme/reference (step 2) transitioned to Running',
      'RolloutStepCompleted: Rollout step 2/3 completed (plugin: acme/reference)',
      'RolloutCompleted',
    ])
  })

  pluginStory('does not run on a first deploy', async (told, host) => {
    await told.begin(pluginConfigMap(), web.withSteps(byPlugin()).build())
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(host.asked, [])
  })

  pluginStory(
    'that fails aborts the release, and what ran before is taken back in reverse order',
    async (told, host) => {
      await release(told, web.withSteps(byPlugin(), byPlugin(), setWeight(50), byPlugin({ fails: true })))
      await told.until(rollout('web').isDegraded(/Step Plugin 4 \(acme\/reference\) failed: told to fail$/), '5m')
      await told.until(
        plugins('Run 0 Successful, Run 1 Successful, Run 3 Failed, Abort 1 Successful, Abort 0 Successful'),
        '1m',
      )
      const undone = host.calls.filter(({ path }) => path.endsWith('/abort')).map(({ body }) => body.index)
      assert.deepEqual(undone, [1, 0])
      expectEvents(told, 'web', [
        'StepPluginTransition: Step plugin acme/reference (step 4) transitioned to Failed',
        'RolloutAborted',
        'StepPluginTransition: Step plugin acme/reference (step 2) aborted (Successful)',
        'StepPluginTransition: Step plugin acme/reference (step 1) aborted (Successful)',
      ])
    },
  )

  pluginStory('that runs is taken back by an abort, and runs anew after a retry', async (told, host) => {
    await release(told, web.withSteps(setWeight(50), byPlugin({ seconds: 600 })))
    await told.until(plugins('Run 1 Running'), '2m')
    await told.pass('10s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(plugins('Run 1 Running, Abort 1 Successful'), '1m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(plugins('Run 1 Running'), '2m')
    await told.pass('5s')
    assert.deepEqual(host.asked, ['run', 'abort', 'run'])
  })

  pluginStory('is ended when somebody promotes past it', async (told, host) => {
    await release(told, web.withSteps(setWeight(50), byPlugin({ seconds: 6000 })))
    await told.until(plugins('Run 1 Running'), '2m')
    await told.pass('10s')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    await told.until(plugins('Run 1 Running, Terminate 1 Successful'), '1m')
    assert.deepEqual(host.asked, ['run', 'terminate'])
    expectEvents(told, 'web', ['StepPluginTransition: Step plugin acme/reference (step 2) terminated (Successful)'])
  })

  pluginStory('is ended when somebody skips it, before the plugin of the next step runs', async (told, host) => {
    await release(told, web.withSteps(byPlugin({ seconds: 6000 }), byPlugin(), pause()))
    await told.until(plugins('Run 0 Running'), '2m')
    await told.pass('10s')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isPaused(), '2m')
    assert.deepEqual(host.asked, ['run', 'terminate', 'run'])
    assert.equal(shown(told), 'Run 0 Running, Terminate 0 Successful, Run 1 Successful')
  })

  pluginStory('of a release that is replaced leaves nothing behind for the next one', async (told, host) => {
    await release(told, web.withSteps(setWeight(50), byPlugin({ seconds: 6000 })))
    await told.until(plugins('Run 1 Running'), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(plugins(''), '10s')
    await told.until(plugins('Run 1 Running'), '2m')
    await told.pass('5s')
    assert.deepEqual(new Set(host.calls.map(({ body }) => body.execution)), new Set([0]))
  })

  pluginStory('whose end cannot be told is told again, and no abort waits for it', async (told, host) => {
    await release(told, web.withSteps(byPlugin(), setWeight(50), pause()))
    await told.until(rollout('web').isPaused(), '2m')
    host.isDown = true
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/RolloutAborted/), '10s')
    await told.until(plugins('Run 0 Successful, Abort 0 Error'), '1m')
    host.isDown = false
    await told.until(plugins('Run 0 Successful, Abort 0 Successful'), '1m')
    host.isDown = true
    told.act({ retry: { rollout: 'web' } })
    await told.pass('10s')
  })

  pluginStory('that errs is asked again, with the state that it had', async (told, host) => {
    await release(told, web.withSteps(byPlugin({ seconds: 20 })))
    await told.until(plugins('Run 0 Running'), '2m')
    await told.pass('5s')
    host.isDown = true
    await told.until(plugins('Run 0 Error'), '1m')
    assert.match(statusesOf(told)[0]?.message ?? '', /plugin acme\/reference: plugin.tools: connect ECONNREFUSED/)
    assert.equal(statusesOf(told)[0]?.backoff, '30s')
    host.isDown = false
    await told.until(rollout('web').isHealthy(), '2m')
    expectEvents(told, 'web', ['StepPluginTransition: Step plugin acme/reference (step 1) transitioned to Error'])
    assert.equal(host.calls.filter(({ body }) => body.status !== undefined).length, 1)
  })

  pluginStory('that answers nonsense is an error that says so', async (told, host) => {
    host.instead = ({ path }) => (path.endsWith('/run') ? { status: 200, body: { phase: 'Great' } } : undefined)
    await release(told, web.withSteps(byPlugin()))
    await told.until(plugins('Run 0 Error'), '2m')
    assert.match(statusesOf(told)[0]?.message ?? '', /what the contract does not allow: phase/)
  })

  pluginStory('that is slow holds up nothing: an abort is acted upon at once', async (told, host) => {
    host.latencyMs = 8000
    await release(told, web.withSteps(setWeight(50), byPlugin({ seconds: 60 })))
    await told.until(plugins('Run 1 Running'), '2m')
    await told.pass('5s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/RolloutAborted/), '1s')
    await told.until(plugins('Run 1 Running, Abort 1 Successful'), '1m')
  })

  pluginStory('that never answers in time is an error, and nothing else waits for it', async (told, host) => {
    await release(told, web.withSteps(byPlugin()))
    host.latencyMs = 60_000
    await told.until(plugins('Run 0 Error'), '2m')
    assert.match(statusesOf(told)[0]?.message ?? '', /no whole answer within 10000 ms/)
    told.act({ scale: { rollout: 'web', replicas: 3 } })
    await told.until(sizes('web', { 1: 3 }), '5s')
    host.latencyMs = 10
    await told.until(rollout('web').isHealthy(), '3m')
  })

  pluginStory('is not asked while the release is paused', async (told, host) => {
    const setPaused = (paused: boolean): void => {
      const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }
      told.act({ patch: { ...target, patch: { spec: { paused } } } })
    }
    await release(told, web.withSteps(byPlugin()))
    setPaused(true)
    await told.pass('2m')
    assert.deepEqual(host.asked, [])
    setPaused(false)
    await told.until(rollout('web').isHealthy(), '2m')
  })

  pluginStory('counts for the progress deadline, and goes on after it', async (told) => {
    await release(told, web.withSpec({ progressDeadlineSeconds: 60 }).withSteps(byPlugin({ seconds: 150 })))
    await told.until(rollout('web').isDegraded(/ProgressDeadlineExceeded/), '3m')
    await told.until(rollout('web').isHealthy(), '5m')
  })

  pluginStory('is not run twice, and not forgotten, when the controller is killed at its work', async (told, host) => {
    host.latencyMs = 3000
    await release(told, web.withSteps(byPlugin({ seconds: 45 }), setWeight(50), pause()))
    await told.until(plugins('Run 0 Running'), '2m')
    await told.pass('4s')
    told.killController()
    await told.until(rollout('web').isPaused(), '5m')
    const states = host.calls.map(({ body }) => (body.status === undefined ? 'first' : 'later'))
    assert.equal(states.at(-1), 'later')
    assert.equal(statusesOf(told)[0]?.phase, 'Successful')
  })
})

describe('a step plugin that cannot be asked', () => {
  const waiting = web.withSteps(byPlugin(), setWeight(50))

  pluginStory('is passed when it is disabled', async (told, host) => {
    await release(told, waiting, pluginConfigMap({ disabled: true }))
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual([host.asked.length, statusesOf(told)[0]?.disabled], [0, true])
  })

  pluginStory('is shown, with what to do; the release goes on as soon as it is configured', async (told, host) => {
    await release(told, waiting, pluginConfigMap({ location: 'http://elsewhere' }, 'acme/other'))
    await told.pass('1m')
    const unavailable = conditionOf(told, 'PluginUnavailable')
    assert.deepEqual([unavailable?.status, unavailable?.reason], ['True', 'PluginNotConfigured'])
    assert.match(unavailable?.message ?? '', /plugin acme\/reference not configured in configmap/)
    assert.equal(
      eventsOf(told, 'Rollout default/web').filter((event) => event.startsWith('ReconciliationError')).length,
      1,
    )
    told.apply(pluginConfigMap())
    await told.until(rollout('web').isHealthy(), '30s')
    assert.equal(conditionOf(told, 'PluginUnavailable'), undefined)
    assert.deepEqual(host.asked, ['run'])
  })

  pluginStory(
    'is named when it is a program of the published protocol; the Rollout is scaled and aborted all the same',
    async (told) => {
      await release(told, waiting, pluginConfigMap({ location: 'file://./step-plugin' }))
      await told.pass('10s')
      const unavailable = conditionOf(told, 'PluginUnavailable')
      assert.equal(unavailable?.reason, 'PluginIsProgram')
      assert.match(unavailable?.message ?? '', /file:\/\/\.\/step-plugin is a program to run/)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(/RolloutAborted/), '10s')
    },
  )
})
