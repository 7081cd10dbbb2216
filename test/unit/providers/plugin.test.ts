import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/lib/json.ts'
import type { Outcome } from '../../../src/providers/provider.ts'
import { providerOf } from '../../../src/providers/registry.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { type Answer, AnsweringServer } from '../../builders/answering-server.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { measureContext, measureOnce } from '../../builders/measure-context.ts'
import { pluginName, pluginsWith } from '../../builders/plugins.ts'
import { createReferencePlugin, newMemory } from '../../reference-plugin/reference-plugin.ts'
import { servePlugin } from '../../reference-plugin/serve.ts'

const metric = (config: JsonObject, successCondition = 'result >= 0.95') =>
  metricOf({ provider: { plugin: { [pluginName]: config } }, successCondition })

/** Measures with a plugin that answers so. */
const measured = async (answer: object | string): Promise<Outcome> => {
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const answerOf = ({ url }: { url: string }): Answer =>
    url.endsWith('/describe') ? { body: '{"contract":"v1","kinds":["metric"]}' } : { body }
  await using server = await AnsweringServer.start(answerOf)
  return await measureOnce(metric({}), { plugins: pluginsWith({ location: server.address }) })
}

describe('a metric plugin', () => {
  it('may answer a value, which the conditions of the metric judge', async () => {
    assert.deepEqual(await measured({ value: 0.99 }), { phase: 'Successful', value: '0.99' })
    assert.deepEqual(await measured({ value: 0.5 }), { phase: 'Failed', value: '0.5' })
    const odd = await measured({ value: { deep: [1] } })
    assert.equal(odd.phase, 'Error', 'the condition compares an object with a number')
  })

  it('may answer a verdict of its own, with notes', async () => {
    const answer = {
      phase: 'Inconclusive',
      value: [1, 2],
      message: 'too few',
      metadata: { a: 'b' },
      metricMetadata: { q: 'up' },
    }
    assert.deepEqual(await measured(answer), { ...answer, value: '[1,2]' })
  })

  it('that answers what cannot be used is an Error that says why', async () => {
    const rows: readonly (readonly [object | string, RegExp])[] = [
      ['<html>', /something that is no JSON/],
      [{}, /must have a phase, or a value to judge/],
      [{ phase: 'Great' }, /does not allow: phase/],
      [{ value: 1, metadata: { a: 1 } }, /does not allow: metadata\.a/],
      [{ phase: 'Running', resumeAfterSeconds: -1 }, /does not allow: resumeAfterSeconds/],
    ]
    for (const [answer, message] of rows) {
      const outcome = await measured(answer)
      assert.equal(outcome.phase, 'Error')
      assert.match(outcome.message ?? '', message)
    }
  })

  it('that is not configured, or is a program, is an Error that says what to do', async () => {
    const program = await measureOnce(metric({}), { plugins: pluginsWith({ location: 'file://./metric' }) })
    assert.equal(program.phase, 'Error')
    assert.match(program.message ?? '', /file:\/\/\.\/metric is a program to run\. .*docs\/plugins\.md/)
    const unknown = metricOf({ provider: { plugin: { 'acme/other': {} } } })
    const outcome = await measureOnce(unknown, { plugins: pluginsWith({ location: 'http://x' }) })
    assert.match(outcome.message ?? '', /plugin acme\/other not configured in configmap/)
  })

  it('may take its time: it is asked again with its notes, and can be stopped', async () => {
    const clock = new ManualClock()
    await using served = await servePlugin(createReferencePlugin(newMemory(), () => clock.now()))
    const slow = metric({ value: 1, seconds: 20 })
    const context = measureContext(slow, {
      clock,
      plugins: pluginsWith({ location: `http://127.0.0.1:${served.port}` }),
    })
    const provider = providerOf(slow.provider)
    const begun = await provider?.start(context)
    assert.deepEqual([begun?.phase, begun?.resumeAt], ['Running', '2026-01-01T00:00:20Z'])
    await clock.advance(20_000)
    const measurement = { phase: 'Running' as const, ...(begun?.metadata && { metadata: begun.metadata }) }
    const done = await provider?.resume(measurement, context)
    assert.deepEqual([done?.phase, done?.value], ['Successful', '1'])
    assert.equal((await provider?.terminate(measurement, context))?.phase, 'Inconclusive')
    await provider?.collectGarbage(10, context)
  })
})
