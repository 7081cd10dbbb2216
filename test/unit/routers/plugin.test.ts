import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../../src/lib/clock.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import type { Verification } from '../../../src/routers/router.ts'
import { AnsweringServer } from '../../builders/answering-server.ts'
import { machineNet } from '../../builders/measure-context.ts'
import { pluginName, pluginsWith } from '../../builders/plugins.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { routerInquiry } from '../../builders/router-inquiry.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const rollout = storedRollout(aRollout('web').routedByPlugin(pluginName, { lane: 'a' }))

/** Asks the plugin about an intent; it answers in turn. */
const observe = async (
  answers: readonly object[],
  {
    last,
    intent = trafficIntent(20),
    description = {},
  }: { last?: Verification; intent?: ReturnType<typeof trafficIntent>; description?: object },
) => {
  const left = [...answers]
  await using server = await AnsweringServer.start(({ url }) => {
    const described = { contract: 'v1', kinds: ['router'], ...description }
    return { body: JSON.stringify(url.endsWith('/describe') ? described : left.shift()) }
  })
  const [router] = routersOf(rollout)
  const inquiry = routerInquiry({
    plugins: pluginsWith({ location: server.address }),
    net: machineNet(systemClock),
    last,
  })
  const verification = await router?.observe?.(intent, inquiry)
  return { verification, asked: server.seen.slice(1).map(({ method, url }) => `${method} ${url}`), seen: server.seen }
}

describe('the router that a plugin is', () => {
  it('sends the whole intent with what the user configured', async () => {
    const { verification, asked, seen } = await observe([{ state: 'verified' }], {})
    assert.deepEqual(verification, { state: 'verified' })
    assert.deepEqual(asked, ['PUT /v1/router/intent'])
    const { config, intent, plugin } = JSON.parse(seen[1]?.body ?? '{}')
    assert.deepEqual([config, intent, plugin], [{ lane: 'a' }, trafficIntent(20), pluginName])
  })

  it('only verifies an intent that is pending, and sends it again when the plugin has lost it', async () => {
    const last: Verification = { state: 'pending', why: '' }
    const still = await observe([{ state: 'pending', message: 'slow' }], { last })
    assert.deepEqual([still.asked, still.verification], [['POST /v1/router/verify'], { state: 'pending', why: 'slow' }])
    const lost = await observe([{ state: 'unknown' }, { state: 'verified' }], { last })
    assert.deepEqual(lost.asked, ['POST /v1/router/verify', 'PUT /v1/router/intent'])
  })

  it('refuses an intent with what the plugin says that it cannot do', async () => {
    const intent = trafficIntent(0, { headerRoutes: [{ name: 'testers', match: [] }] })
    const weightsOnly = { abilities: [] }
    await assert.rejects(observe([], { intent, description: weightsOnly }), /acme\/reference cannot route by headers/)
    const plain = await observe([{ state: 'verified' }], { description: weightsOnly })
    assert.equal(plain.verification?.state, 'verified')
  })

  it('asks something else once its configuration is another one', () => {
    const subjectOf = (lane: string) =>
      routersOf(storedRollout(aRollout('web').routedByPlugin(pluginName, { lane })))[0]?.subject
    assert.notEqual(subjectOf('a'), subjectOf('b'))
  })
})
