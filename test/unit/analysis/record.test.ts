import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Arrival, recordMeasurement, retentionOf, trimMeasurements } from '../../../src/analysis/record.ts'
import { after, measured } from '../../builders/analysis-run.ts'

const came = (phase: string, kind: Arrival['kind'] = 'start', over = {}): Arrival => ({
  kind,
  measurement: measured(phase),
  ...over,
})

describe('a measurement in the result of its metric', () => {
  it('begins the result, with what the provider notes about the metric', () => {
    assert.deepEqual(
      recordMeasurement('m', undefined, came('Successful', 'start', { metadata: { query: 'up' } }), true),
      {
        name: 'm',
        phase: 'Running',
        dryRun: true,
        metadata: { query: 'up' },
        measurements: [measured('Successful')],
        count: 1,
        successful: 1,
        consecutiveSuccess: 1,
      },
    )
  })

  const before = {
    name: 'm',
    phase: 'Running',
    count: 3,
    successful: 3,
    consecutiveSuccess: 2,
    error: 1,
    consecutiveError: 1,
  }
  const rows: readonly (readonly [string, object])[] = [
    ['Successful', { count: 4, successful: 4, consecutiveSuccess: 3, error: 1 }],
    ['Failed', { count: 4, successful: 3, failed: 1, error: 1 }],
    ['Inconclusive', { count: 4, successful: 3, inconclusive: 1, error: 1 }],
    ['Error', { count: 3, successful: 3, error: 2, consecutiveError: 2 }],
  ]
  for (const [phase, counters] of rows) {
    it(`that is ${phase} is counted`, () => {
      const { name: _, phase: __, measurements: ___, ...counted } = recordMeasurement('m', before, came(phase), false)
      assert.deepEqual(counted, counters)
    })
  }

  it('that waits counts for nothing yet, and is replaced by what becomes of it', () => {
    const waiting = {
      kind: 'start',
      measurement: { phase: 'Running', startedAt: after(0), resumeAt: after(15) },
    } as const
    const first = recordMeasurement('m', undefined, waiting, false)
    assert.equal(first.count, undefined)
    const second = recordMeasurement('m', first, came('Failed', 'resume'), false)
    assert.deepEqual([second.measurements, second.count, second.failed], [[measured('Failed')], 1, 1])
  })
})

describe('old measurements', () => {
  const result = {
    name: 'm',
    phase: 'Running',
    measurements: [measured('Failed', 0), measured('Successful', 1), measured('Successful', 2)],
  }

  it('are dropped beyond the limit, the oldest first', () => {
    assert.deepEqual(trimMeasurements(result, 2).measurements, [measured('Successful', 1), measured('Successful', 2)])
    assert.equal(trimMeasurements(result, 3), result)
  })

  it('are kept up to ten where no limit is given, or one that is not positive', () => {
    assert.deepEqual([retentionOf(undefined), retentionOf(0), retentionOf(-1), retentionOf(4)], [10, 10, 10, 4])
  })
})
