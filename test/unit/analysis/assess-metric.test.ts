import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assessMetric, exceededLimit } from '../../../src/analysis/assess-metric.ts'
import type { MetricResult } from '../../../src/api/analysis-run.ts'
import type { Metric } from '../../../src/api/metric.ts'
import { after, measured, metricOf } from '../../builders/analysis-run.ts'

interface Row {
  readonly it: string
  readonly metric?: Partial<Metric>
  readonly result: Partial<MetricResult>
  readonly terminating?: boolean
  readonly phase: string
}

const taken = { measurements: [measured('Successful')] }
const waiting = { measurements: [{ phase: 'Running', startedAt: after(0) }] }
const interval = '10s'

const rows: readonly Row[] = [
  { it: 'is Pending before its first measurement', result: {}, phase: 'Pending' },
  {
    it: 'is Successful when the run ends before its first measurement',
    result: {},
    terminating: true,
    phase: 'Successful',
  },
  {
    it: 'keeps the phase in which it ended',
    result: { ...taken, phase: 'Successful', failed: 9 },
    phase: 'Successful',
  },
  { it: 'is Running while a measurement waits for its provider', result: { ...waiting, failed: 9 }, phase: 'Running' },
  {
    it: 'is Successful after its only measurement',
    result: { ...taken, count: 1, successful: 1 },
    phase: 'Successful',
  },
  {
    it: 'is Running while measurements are missing',
    metric: { count: 3, interval },
    result: { ...taken, count: 2 },
    phase: 'Running',
  },
  {
    it: 'runs for ever with an interval and no count',
    metric: { interval },
    result: { ...taken, count: 99 },
    phase: 'Running',
  },
  {
    it: 'is Failed beyond the failure limit',
    metric: { count: 3, interval, failureLimit: '1' },
    result: { ...taken, count: 2, failed: 2 },
    phase: 'Failed',
  },
  {
    it: 'is not Failed at the failure limit',
    metric: { count: 3, interval, failureLimit: 1 },
    result: { ...taken, count: 2, failed: 1 },
    phase: 'Running',
  },
  {
    it: 'may fail without limit at -1',
    metric: { interval, failureLimit: -1, consecutiveSuccessLimit: 1 },
    result: { ...taken, failed: 99 },
    phase: 'Running',
  },
  {
    it: 'is Inconclusive beyond that limit, even when it also failed',
    result: { ...taken, failed: 1, inconclusive: 1 },
    phase: 'Inconclusive',
  },
  {
    it: 'is in Error after five errors in a row',
    result: { ...taken, consecutiveError: 5, failed: 1 },
    phase: 'Error',
  },
  {
    it: 'is Running after four errors in a row',
    result: { ...taken, error: 4, consecutiveError: 4 },
    phase: 'Running',
  },
  {
    it: 'is Successful with enough successes in a row',
    metric: { interval, consecutiveSuccessLimit: 2 },
    result: { ...taken, consecutiveSuccess: 2 },
    phase: 'Successful',
  },
  {
    it: 'is Inconclusive when all measurements gave neither limit',
    metric: { interval, count: 3, failureLimit: 1, consecutiveSuccessLimit: 2 },
    result: { ...taken, count: 3 },
    phase: 'Inconclusive',
  },
  {
    it: 'is Failed when all measurements gave no row of successes and failures do not count',
    metric: { interval, count: 3, failureLimit: -1, consecutiveSuccessLimit: 2 },
    result: { ...taken, count: 3 },
    phase: 'Failed',
  },
  {
    it: 'is Successful when the run ends early and nothing speaks against it',
    metric: { interval },
    result: { ...taken, count: 1 },
    terminating: true,
    phase: 'Successful',
  },
]

describe('a metric', () => {
  for (const row of rows) {
    it(row.it, () => {
      const result = { name: 'error-rate', phase: 'Running', ...row.result }
      assert.equal(assessMetric(metricOf(row.metric), result, row.terminating ?? false), row.phase)
    })
  }

  it('says which limit it exceeded', () => {
    const result = { name: 'error-rate', phase: 'Running', failed: 3, consecutiveError: 6 }
    assert.deepEqual(exceededLimit(metricOf({ failureLimit: 2 }), { ...result, consecutiveError: 0 }), {
      phase: 'Failed',
      reason: 'failed (3) > failureLimit (2)',
    })
    assert.equal(exceededLimit(metricOf(), result)?.reason, 'consecutiveErrors (6) > consecutiveErrorLimit (4)')
  })
})
