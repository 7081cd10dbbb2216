import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { argumentsOf } from '../../../src/rollout/analysis-arguments.ts'
import { aRollout, setWeight } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'

const rollout = storedRollout(
  aRollout('web')
    .withSteps(setWeight(20), setWeight(40))
    .withLabels({ 'example.com/region': 'eu' })
    .withAnnotations({ note: 'x', also: 'a "b"' }),
  { stableRS: 'abc', canary: { weights: { canary: { weight: 20 }, stable: { weight: 80 } } } },
)

const valueAt = (fieldPath: string): string | undefined =>
  argumentsOf([{ name: 'a', valueFrom: { fieldRef: { fieldPath } } }], {
    rollout,
    latestHash: 'new',
    stableHash: 'old',
  })[0]?.value

describe('an argument from a field of the Rollout', () => {
  const readable: readonly (readonly [string, string])[] = [
    ['metadata.name', 'web'],
    ["metadata.labels['example.com/region']", 'eu'],
    ["metadata.annotations['note']", 'x'],
    ["metadata.labels['absent']", ''],
    ['metadata.labels', 'example.com/region="eu"'],
    ['metadata.annotations', 'also="a \\"b\\""\nnote="x"'],
    ['status.stableRS', 'abc'],
    ['status.canary.weights.canary.weight', '20'],
    ['spec.strategy.canary.steps[1].setWeight', '40'],
  ]
  for (const [path, value] of readable) it(`reads ${path}`, () => assert.equal(valueAt(path), value))

  const unreadable: readonly (readonly [string, RegExp])[] = [
    ['status.nothing', /^invalid path status\.nothing in rollout$/],
    ['metadata.bogus', /^invalid path metadata\.bogus in rollout$/],
    ['spec.strategy.canary.steps[7].setWeight', /^index 7 out of range$/],
    ['spec.strategy.canary.steps[x].setWeight', /^invalid index 'x'$/],
    ['spec.strategy', /^path spec\.strategy in rollout must terminate in a primitive value$/],
  ]
  for (const [path, message] of unreadable)
    it(`says why ${path} has no value`, () => assert.throws(() => valueAt(path), { message }))
})

describe('an argument from a hash', () => {
  it('is that of the new or of the stable version', () => {
    const args = argumentsOf(
      [
        { name: 'new', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'old', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'plain', value: 'x' },
      ],
      { rollout, latestHash: 'new', stableHash: 'old' },
    )
    assert.deepEqual(
      args.map(({ value }) => value),
      ['new', 'old', 'x'],
    )
  })
})
