import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { rollouts } from '../../../src/api/resources.ts'
import { pathOf } from '../../../src/kube/resource.ts'
import type { MakeOperator } from '../../../src/sandbox/operator-port.ts'
import { parseScenario } from '../../../src/sandbox/scenario/load.ts'
import { Play, playScenario } from '../../../src/sandbox/scenario/play.ts'
import { ScenarioError } from '../../../src/sandbox/scenario/scenario-error.ts'
import { scenarioSchema } from '../../../src/sandbox/scenario/schema.ts'
import type { TimelineEntry } from '../../../src/sandbox/scenario/timeline.ts'

const noFiles = (): string => assert.fail('no file is read')
const scenario = (text: string) => parseScenario('story.yaml', text, noFiles)

const rollout = `
  - apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: main, image: 'web:1'}]}
      strategy: {canary: {steps: [{setWeight: 20}]}}
`

/** Controllers that report every Rollout as Healthy when they start, and do nothing else. */
const eagerOperator: MakeOperator = ({ transport }) => ({
  async start() {
    const { items } = await transport.request({ method: 'GET', path: pathOf(rollouts) })
    for (const item of items as { metadata: { name: string; namespace: string; generation: number } }[]) {
      await transport.request({
        method: 'PATCH',
        path: pathOf(rollouts, { ...item.metadata, subresource: 'status' }),
        contentType: 'application/merge-patch+json',
        body: { status: { phase: 'Healthy', observedGeneration: String(item.metadata.generation) } },
      })
    }
  },
  stop: async () => {},
  idle: () => true,
  crash: () => {},
})

const told = (timeline: readonly TimelineEntry[]) =>
  timeline.map(({ timeMs, kind, subject, text }) => `${timeMs} ${kind} ${subject}: ${text}`)

describe('a scenario file', () => {
  it('names every fault with its place', () => {
    const text = `name: x\nmanifests: []\nchanges:\n- {at: 10}\n- {at: 5x, promote: {rollout: web}}\nsurprise: 1\n`
    assert.throws(
      () => scenario(text),
      (error) => {
        assert.ok(error instanceof ScenarioError)
        assert.match(error.message, /story\.yaml: changes\.0\.at: .*expected string/)
        assert.match(error.message, /story\.yaml: changes\.1\.at: time: unknown unit "x" in duration "5x"/)
        assert.match(error.message, /surprise/)
        return true
      },
    )
  })

  it('that is no YAML says where', () => {
    assert.throws(() => scenario('name: x\n  manifests: []'), /ScenarioError: story\.yaml: line 2, column \d+/)
  })

  it('wants exactly one action in a change', () => {
    assert.throws(() => scenario('name: x\nmanifests: []\nchanges:\n- {at: 10s}\n'), /changes\.0: names 0 actions/)
    const two = 'name: x\nmanifests: []\nchanges:\n- {abort: {rollout: a}, retry: {rollout: a}}\n'
    assert.throws(() => scenario(two), /changes\.0: names 2 actions/)
  })

  it('is documented: the example can be read, and every field is told', () => {
    const text = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8')
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? assert.fail('there is no example')
    const read = (path: string) => (path === 'rollout.yaml' ? 'kind: Rollout' : assert.fail(path))
    assert.equal(parseScenario('scenarios.md', example, read).changes?.length, 1)
    const { properties = {} } = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })
    const fields = JSON.stringify(properties).match(/"(\w+)":\{"(description|type|anyOf)/g) ?? []
    const names = new Set(fields.map((field) => field.split('"')[1] ?? ''))
    for (const name of ['description', 'properties', 'items', 'additionalProperties', 'propertyNames'])
      names.delete(name)
    assert.ok(names.size > 50)
    assert.deepEqual(
      [...names].filter((name) => !text.includes(name)),
      [],
    )
  })

  it('takes manifests from other files', () => {
    const read = (path: string) => (path === 'web.yaml' ? 'kind: A\n---\nkind: B\n' : assert.fail(path))
    const { manifests } = parseScenario('story.yaml', 'name: x\nmanifests: [{file: web.yaml}, {kind: C}]', read)
    assert.deepEqual(manifests, [{ kind: 'A' }, { kind: 'B' }, { kind: 'C' }])
  })
})

describe('playing a scenario', () => {
  it('creates the manifests, makes the changes in order, and ends when the state holds', async () => {
    const text = `
name: A story
manifests: ${rollout}
changes:
- {at: 10s, note: later, patch: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, patch: {spec: {paused: true}}}}
- {after: 5s, restartController: {crash: true}}
end: {when: {rollout: web, phase: Healthy}, for: 3s}
`
    const timeline = await playScenario(scenario(text), { makeOperator: eagerOperator })
    assert.deepEqual(told(timeline), [
      '0 phase Rollout default/web: Healthy',
      '10000 change A story: later',
      '15000 change A story: kill the controller and start it anew',
    ])
  })

  it('ends at its time limit when the state never holds', async () => {
    const text = `name: x\nmanifests: ${rollout}\nend: {when: {rollout: web, phase: Degraded}, after: 5m}`
    const play = new Play(scenario(text), { makeOperator: eagerOperator })
    play.start()
    await play.run()
    assert.equal(play.nowMs, 300_000)
    assert.equal(play.ended, true)
  })

  it('stops between two moments and goes on later, for a stage that shows it slowly', async () => {
    const play = new Play(scenario(`name: x\nmanifests: ${rollout}\nend: {after: 10s}`), {
      makeOperator: eagerOperator,
    })
    play.start()
    await play.run(4000)
    assert.deepEqual([play.nowMs, play.ended], [4000, false])
    await play.run(60_000)
    assert.deepEqual([play.nowMs, play.ended], [10_000, true])
  })

  it('fails with the words of the API server when a change is refused', async () => {
    const text = `name: x\nmanifests: ${rollout}\nchanges:\n- {at: 1s, abort: {rollout: nobody}}`
    await assert.rejects(
      playScenario(scenario(text), { makeOperator: eagerOperator }),
      /finding Rollout default\/nobody/,
    )
  })

  it('refuses manifests as the API server does, fields that do not exist included', () => {
    const start = (manifest: string) => () =>
      new Play(scenario(`name: x\nmanifests: [${manifest}]`), { makeOperator: eagerOperator }).start()
    const odd =
      '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selektor: {app: web}, ports: [{port: 80}]}}'
    assert.throws(start(odd), /ScenarioError: applying Service web: .*unknown field "spec\.selektor"/)
    assert.throws(start('{apiVersion: v1, kind: Servise, metadata: {name: web}}'), /finding kind Servise of v1/)
  })

  it('tells the faults that it injected', async () => {
    const faults = 'faults:\n- {kind: error, resource: rollouts.argoproj.io, nth: 1}'
    const text = `name: x\nmanifests: ${rollout}\n${faults}\nend: {after: 10s}`
    const play = new Play(scenario(text), { makeOperator: eagerOperator })
    play.start()
    await assert.rejects(play.run(), /etcdserver/)
    assert.deepEqual(told(play.timeline), ['0 fault patch rollouts.argoproj.io web: error'])
  })
})
