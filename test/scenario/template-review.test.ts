import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { eventsOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const asking = (query: string) =>
  anAnalysisTemplate('check', aMetric('check', { provider: { prometheus: { address: 'http://p.example', query } } }))

const told = (story: Story, kind = 'AnalysisTemplate default/check'): readonly string[] => eventsOf(story, kind)

const refusal =
  'InvalidTemplate: AnalysisTemplate check has metric check: provider.prometheus.query is no PromQL: the query ends too early (1:16)\n' +
  ` | sum(rate(x[5m])\n | ${'.'.repeat(15)}^`

describe('a template that can never be measured', () => {
  story('is told so as soon as it is there, though nobody uses it', {}, async (world) => {
    await world.begin(asking('sum(rate(x[5m])'))
    await world.pass('5s')
    assert.deepEqual(told(world), [refusal])
  })

  story('is told so again only when it is wrong in another way', {}, async (world) => {
    await world.begin(asking('sum(rate(x[5m])'))
    await world.pass('5s')
    const metadata = { name: 'check', labels: { team: 'a' } }
    world.apply({ ...asking('sum(rate(x[5m])'), metadata })
    await world.pass('1h')
    world.apply(asking('sum(rate(x[5m]))'))
    await world.pass('5s')
    world.apply(asking('sum(rate(x[5m]))))'))
    await world.pass('5s')
    const [first, second, ...others] = told(world)
    assert.deepEqual([first, others], [refusal, []])
    assert.match(second ?? '', /^InvalidTemplate: .* is no PromQL: .*\(1:17\)/)
  })

  story('is told so in the cluster as in a namespace', {}, async (world) => {
    const { spec } = anAnalysisTemplate('check', aMetric('check', { successCondition: 'result[0] >' }))
    await world.begin({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ClusterAnalysisTemplate',
      metadata: { name: 'shared' },
      spec,
    })
    await world.pass('5s')
    const [event, ...others] = world.timeline.filter(
      ({ kind, subject }) => kind === 'event' && subject.includes('shared'),
    )
    assert.deepEqual(others, [])
    assert.match(event?.text ?? '', /^InvalidTemplate: .*successCondition cannot be read: unexpected token EOF/)
  })

  story('is not told so for what an argument decides', {}, async (world) => {
    const template = asking('sum(rate(x{app="{{args.app}}"}[{{args.window}}]))')
    await world.begin({ ...template, spec: { ...template.spec, args: [{ name: 'app' }, { name: 'window' }] } })
    await world.pass('5s')
    assert.deepEqual(told(world), [])
  })
})
