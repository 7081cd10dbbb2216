import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { servicePair } from '../builders/objects.ts'
import { pluginName } from '../builders/plugins.ts'
import { aRollout, plugin, setWeight } from '../builders/rollout-builder.ts'
import type { PluginHttpAnswer } from '../reference-plugin/reference-plugin.ts'
import { rollout, theRollout } from './expect.ts'
import { type PluginHost, pluginConfigMap, pluginStory } from './plugin-host.ts'

/*
 * Something goes wrong at each call of the plugin in turn, and stays wrong for a minute: the end is the same.
 */

const builder = aRollout('web')
  .withReplicas(2)
  .withSteps(plugin(pluginName), setWeight(50), plugin(pluginName, { seconds: 15 }))
  .routedByPlugin(pluginName, { settleSeconds: 2 })

/** As many as the story has without a fault, and a few more. */
const calls = 12
const faultMs = 60_000

interface PluginFault {
  readonly name: string
  readonly answer: PluginHttpAnswer
  /** Whether the plugin did what it was asked before the answer was lost. */
  readonly isDone: boolean
}

const faults: readonly PluginFault[] = [
  { name: 'is refused for a minute', answer: { status: 503, body: { message: 'restarting' } }, isDone: false },
  { name: 'fails for a minute', answer: { status: 500, body: { message: 'broken' } }, isDone: false },
  { name: 'is done, and its answer is lost for a minute', answer: { status: 502, body: {} }, isDone: true },
  {
    name: 'is answered with nonsense for a minute',
    answer: { status: 200, body: { phase: 1, state: 2 } },
    isDone: true,
  },
]

/** From the n-th call on, everything goes wrong for a while. */
const arrange = (host: PluginHost, fault: PluginFault, nth: number): void => {
  let seen = 0
  let fromMs: number | undefined
  host.instead = (call) => {
    if (call.path.endsWith('/describe')) return undefined
    seen += 1
    if (seen === nth) fromMs = call.timeMs
    if (fromMs === undefined || call.timeMs >= fromMs + faultMs) return undefined
    if (fault.isDone) host.perform(call)
    return fault.answer
  }
}

for (const fault of faults) {
  describe(`a call of a plugin that ${fault.name}`, () => {
    for (let nth = 1; nth <= calls; nth++) {
      pluginStory(`delays a release at call ${nth}, and changes nothing else`, async (told, host) => {
        arrange(host, fault, nth)
        await told.begin(pluginConfigMap(), ...servicePair('web'), builder.build())
        await told.until(rollout('web').isHealthy(), '10m')
        told.act({ setImage: { rollout: 'web', image: 'web:2' } })
        await told.until(rollout('web').isStableAt(2), '15m')
        await told.until(rollout('web').isHealthy(), '5m')
        await told.pass('2m')
        const statuses = theRollout(told.sandbox, 'web').status?.canary?.stepPluginStatuses ?? []
        assert.deepEqual(
          statuses.map(({ index, operation, phase }) => [index, operation, phase]),
          [
            [0, 'Run', 'Successful'],
            [2, 'Run', 'Successful'],
          ],
        )
        const intent = host.memory.intents.get('default/web')?.intent as {
          readonly canary: { readonly weight: number }
        }
        assert.equal(intent.canary.weight, 0)
      })
    }
  })
}
