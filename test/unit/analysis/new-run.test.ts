import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { analysisRunFromTemplates, type NewRun } from '../../../src/analysis/new-run.ts'
import { metricOf } from '../../builders/analysis-run.ts'

const make = (over: Partial<NewRun>) =>
  analysisRunFromTemplates({ templates: [], name: 'r', namespace: 'shop', ...over })
const template = (spec: NewRun['templates'][number]['spec']): NewRun['templates'][number] => ({ spec })

describe('an AnalysisRun made of templates', () => {
  it('has the metrics of all, the namespaced ones first, and says whom it belongs to', () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'guestbook', uid: 'u', controller: true }
    const made = make({
      templates: [template({ metrics: [metricOf({ name: 'a' })] })],
      clusterTemplates: [template({ metrics: [metricOf({ name: 'b' })] })],
      labels: { 'rollout-type': 'Step' },
      owner,
    })
    assert.ok(made.ok)
    assert.deepEqual(
      made.run.spec.metrics.map(({ name }) => name),
      ['a', 'b'],
    )
    assert.deepEqual(made.run.metadata, {
      name: 'r',
      namespace: 'shop',
      labels: { 'rollout-type': 'Step' },
      ownerReferences: [owner],
    })
  })

  it('takes a given value before the default, keeps a Secret as a reference, and drops what no template declares', () => {
    const secret = { secretKeyRef: { name: 's', key: 'k' } }
    const made = make({
      templates: [
        template({
          args: [
            { name: 'x', value: 'default' },
            { name: 'token', valueFrom: secret },
          ],
        }),
      ],
      args: [
        { name: 'x', value: 'given' },
        { name: 'unknown', value: '1' },
      ],
    })
    assert.ok(made.ok)
    assert.deepEqual(made.run.spec.args, [
      { name: 'x', value: 'given' },
      { name: 'token', valueFrom: secret },
    ])
  })

  const refused: readonly (readonly [string, Partial<NewRun>])[] = [
    ['args.x was not resolved', { templates: [template({ args: [{ name: 'x' }] })] }],
    ["two metrics have the same name 'error-rate'", { templates: [template({ metrics: [metricOf(), metricOf()] })] }],
    [
      "Argument `x` specified multiple times with different values: '1', '2'",
      { templates: [template({ args: [{ name: 'x', value: '1' }] }), template({ args: [{ name: 'x', value: '2' }] })] },
    ],
    [
      "two Dry-Run metric rules have the same name 'a'",
      { dryRun: [{ metricName: 'a' }], templates: [template({ dryRun: [{ metricName: 'a' }] })] },
    ],
  ]
  for (const [error, input] of refused) {
    it(`is refused: ${error}`, () => assert.deepEqual(make(input), { ok: false, error }))
  }
})
