import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runMetric } from '../../../src/plugins/contract/metric.ts'
import { putIntent, verifyIntent } from '../../../src/plugins/contract/router.ts'
import { runStep } from '../../../src/plugins/contract/step.ts'
import { PluginError } from '../../../src/plugins/plugin-error.ts'
import type { Plugins } from '../../../src/plugins/plugins.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../builders/answering-server.ts'
import { impatientClock } from '../../builders/impatient-clock.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { pluginName, pluginsWith } from '../../builders/plugins.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'
import { createReferencePlugin, newMemory } from '../../reference-plugin/reference-plugin.ts'
import { servePlugin } from '../../reference-plugin/serve.ts'

const signal = new AbortController().signal
const rollout = { metadata: { namespace: 'default', name: 'web' } }
const step = { config: {}, rollout, index: 1, execution: 0 }

const isPlugin = JSON.stringify({ contract: 'v1', kinds: ['step'] })

/** A plugin that says properly what it is, and answers everything else as told. */
const answering = (answer: (request: SeenRequest, asked: number) => Answer): Promise<AnsweringServer> => {
  let asked = 0
  return AnsweringServer.start((request) =>
    request.url.endsWith('/describe') ? { body: isPlugin } : answer(request, ++asked),
  )
}

const refused = async (server: AnsweringServer, message: RegExp, plugins?: Plugins): Promise<void> => {
  const asked = plugins ?? pluginsWith({ location: server.address })
  await assert.rejects(asked.call(runStep, pluginName, step, signal), (error) => {
    assert.ok(error instanceof PluginError)
    assert.match(error.message, message)
    assert.match(error.message, /^plugin acme\/reference: /)
    return true
  })
}

describe('the reference plugin, asked over HTTP', () => {
  it('measures', async () => {
    await using served = await servePlugin(createReferencePlugin(newMemory(), Date.now))
    const plugins = pluginsWith({ location: `http://127.0.0.1:${served.port}` })
    const body = { config: { value: [0.99] }, analysisRun: {}, metric: {}, ordinal: 1 }
    const answer = await plugins.call(runMetric, pluginName, body, signal)
    assert.deepEqual(answer.value, [0.99])
  })

  it('routes: an intent is in force once it is verified, and one that it lost is unknown', async () => {
    const memory = newMemory()
    let now = Date.now()
    await using served = await servePlugin(createReferencePlugin(memory, () => now))
    const plugins = pluginsWith({ location: `http://127.0.0.1:${served.port}` })
    const body = { config: { settleSeconds: 5 }, rollout, intent: trafficIntent(20) }
    assert.equal((await plugins.call(putIntent, pluginName, body, signal)).state, 'pending')
    now += 5000
    assert.equal((await plugins.call(verifyIntent, pluginName, body, signal)).state, 'verified')
    memory.intents.clear()
    assert.equal((await plugins.call(verifyIntent, pluginName, body, signal)).state, 'unknown')
  })

  it('answers on a unix socket too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-'))
    const socketPath = join(folder, 'step.sock')
    try {
      await using _served = await servePlugin(createReferencePlugin(newMemory(), Date.now), { socketPath })
      const plugins = pluginsWith({ location: `unix://${socketPath}` })
      assert.equal((await plugins.call(runStep, pluginName, step, signal)).phase, 'Successful')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('may restart in the middle and be another version then: what it needs comes with each request', async () => {
    const memory = newMemory()
    const now = Date.now()
    const first = await servePlugin(createReferencePlugin(memory, () => now, '1'))
    const plugins = pluginsWith({ location: `http://127.0.0.1:${first.port}` })
    const config = { seconds: 60 }
    const begun = await plugins.call(runStep, pluginName, { ...step, config }, signal)
    assert.equal(begun.phase, 'Running')
    await first[Symbol.asyncDispose]()

    const later = createReferencePlugin(newMemory(), () => now + 60_000, '2')
    await using _second = await servePlugin(later, { port: first.port })
    const status = begun.status ?? {}
    const done = await plugins.call(runStep, pluginName, { ...step, config, status, execution: 1 }, signal)
    assert.equal(done.phase, 'Successful')
  })
})

describe('a request to a plugin', () => {
  it('is sent again while the plugin restarts', async () => {
    await using server = await answering((_request, asked) =>
      asked < 3 ? { status: 503 } : { body: '{"phase":"Successful"}' },
    )
    const answer = await pluginsWith({ location: server.address }, { clock: impatientClock }).call(
      runStep,
      pluginName,
      step,
      signal,
    )
    assert.equal(answer.phase, 'Successful')
    const sequences = server.seen.slice(1).map(({ body }) => JSON.parse(body).sequence)
    assert.equal(new Set(sequences).size, 1, 'it is the same request')
  })

  it('is sent again when the plugin crashes while it is at work', async () => {
    await using server = await answering((_request, asked) =>
      asked < 3 ? { reset: true } : { body: '{"phase":"Successful"}' },
    )
    const plugins = pluginsWith({ location: server.address }, { clock: impatientClock })
    assert.equal((await plugins.call(runStep, pluginName, step, signal)).phase, 'Successful')
    assert.equal(server.seen.length, 4)
  })

  it('is given up after three tries, and is not repeated where that cannot help', async () => {
    for (const [status, times] of [
      [503, 3],
      [409, 1],
      [500, 1],
    ] as const) {
      await using server = await answering(() => ({ status, body: '{"message":"not like this"}' }))
      const plugins = pluginsWith({ location: server.address }, { clock: impatientClock })
      await refused(server, new RegExp(`status ${status}: not like this`), plugins)
      assert.equal(server.seen.length, 1 + times)
    }
  })

  it('has a time limit', async () => {
    await using server = await AnsweringServer.start({ silent: true })
    const clock = new ManualClock()
    const plugins = pluginsWith({ location: server.address, timeoutSeconds: 3 }, { clock })
    const end = refused(server, /no whole answer within 3000 ms/, plugins)
    await server.asked
    await clock.advance(3000)
    await end
    assert.equal(server.seen.length, 1)
  })

  it('ends with an error that says what is wrong with the answer', async () => {
    const rows: readonly (readonly [Answer, RegExp])[] = [
      [{ body: '<html>' }, /something that is no JSON: <html>; check that its location/],
      [{ body: '{"phase":"Great"}' }, /what the contract does not allow: phase/],
      [{ body: '[]' }, /what the contract does not allow/],
      [{ body: JSON.stringify({ status: { big: 'x'.repeat(40_000) } }) }, /status: must not be larger than 32 KiB/],
      [{ body: 'x'.repeat(2_000_000) }, /longer than 1048576 bytes/],
    ]
    for (const [answer, message] of rows) {
      await using server = await answering(() => answer)
      await refused(server, message, pluginsWith({ location: server.address }, { clock: impatientClock }))
      assert.equal(server.seen.length, 2, 'another try would be answered in the same way')
    }
  })

  it('goes to nobody who does not say that it is a plugin of the kind', async () => {
    await using server = await AnsweringServer.start({ body: '{"contract":"v1","kinds":["router"]}' })
    await refused(server, /says that it is no step plugin, but router/)
    await using stranger = await AnsweringServer.start({ body: '{"contract":"v2","kinds":["step"]}' })
    await refused(stranger, /GET \/v1\/describe was answered with what the contract does not allow: contract/)
    assert.deepEqual([server.seen.length, stranger.seen.length], [1, 1])
  })

  it('carries the token, which nothing that is said repeats', async () => {
    await using server = await answering(({ headers }) => ({
      status: 400,
      body: JSON.stringify({ message: `bad ${headers.authorization}` }),
    }))
    const credentials = { headers: { authorization: 'Bearer s3cret' }, secrets: ['s3cret'] }
    await refused(server, /bad Bearer \*\*\*\*\*$/, pluginsWith({ location: server.address }, { credentials }))
    assert.ok(server.seen.every(({ headers }) => headers.authorization === 'Bearer s3cret'))
  })

  it('says what a plugin is asked for that is not configured, and asks nobody', async () => {
    const plugins = pluginsWith({ location: 'file://./plugin' })
    await assert.rejects(plugins.call(runStep, pluginName, step, signal), /is a program to run/)
    await assert.rejects(plugins.call(runStep, 'acme/other', step, signal), /acme\/other not configured in configmap/)
  })
})
