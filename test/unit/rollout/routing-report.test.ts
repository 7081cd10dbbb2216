import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { type RouterReport, verdictOfReport } from '../../../src/rollout/routing-report.ts'
import { tellNotRouted, tellTrafficRouted } from '../../../src/rollout/traffic-condition.ts'
import { conditionIn, noon } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const verdict = (...routers: readonly RouterReport[]) =>
  verdictOfReport({ intent: trafficIntent(20), routers, before: 0, remarks: [] })

const rows: readonly (readonly [string, RouterReport, string])[] = [
  ['is written', { router: 'nginx', state: 'written' }, 'False TrafficUpdating'],
  ['is asked', { router: 'acme', state: 'asked' }, 'False TrafficUpdating'],
  ['is not taken over', { router: 'contour', state: 'pending', why: 'no' }, 'False TrafficNotVerified'],
  ['is taken over', { router: 'contour', state: 'verified' }, 'True TrafficVerified'],
  ['is set', { router: 'nginx', state: 'not-verifiable' }, 'True TrafficSet'],
  ['is contested', { router: 'nginx', state: 'contested', why: 'x' }, 'False TrafficContested'],
]

describe('the condition TrafficRouted of a routing that', () => {
  for (const [what, report, expected] of rows) {
    it(what, () => {
      const { status, reason, message } = verdict(report)
      assert.equal(`${status} ${reason}`, expected)
      assert.match(message, new RegExp(`^20 of 100 to \\S+: ${report.router} `))
    })
  }

  it('has several routers is that of the one that lags', () => {
    const told = verdict(
      { router: 'istio', state: 'not-verifiable' },
      { router: 'contour', state: 'pending', why: 'not valid' },
      { router: 'gatewayAPI', state: 'verified' },
    )
    assert.equal(told.reason, 'TrafficNotVerified')
    assert.match(
      told.message,
      /istio is set.*; contour is set, and not verified: not valid; gatewayAPI is set and verified$/,
    )
  })

  it('is being changed says what was there before', () => {
    assert.match(verdict({ router: 'nginx', state: 'written' }).message, /nginx is being set, was 0$/)
  })
})

describe('the condition TrafficRouted in the status', () => {
  const pending = (why: string) => verdict({ router: 'acme', state: 'pending', why })

  const told = (before: RolloutStatus, why: string, now: number): RolloutStatus => {
    const status = structuredClone(before)
    tellTrafficRouted(status, pending(why), before, now)
    return status
  }
  const messageOf = ({ conditions = [] }: RolloutStatus): string => conditions[0]?.message.split(': ').at(-1) ?? ''

  it('does not change with every word of a router, but when it has stood for a minute', () => {
    const first = told({}, '10 %', noon)
    assert.equal(messageOf(told(first, '20 %', noon + 10_000)), '10 %')
    assert.equal(messageOf(told(first, '70 %', noon + 60_000)), '70 %')
  })

  it('changes at once with what is desired', () => {
    const first = told({}, '10 %', noon)
    const status = structuredClone(first)
    const other = verdictOfReport({
      intent: trafficIntent(60),
      routers: [{ router: 'acme', state: 'pending', why: '0 %' }],
      before: 20,
      remarks: [],
    })
    tellTrafficRouted(status, other, first, noon + 1000)
    assert.match(status.conditions?.[0]?.message ?? '', /^60 of 100/)
  })

  it('keeps the time since when it is true', () => {
    const first = told({}, '10 %', noon)
    const later = told(first, '70 %', noon + 60_000)
    assert.equal(later.conditions?.[0]?.lastTransitionTime, first.conditions?.[0]?.lastTransitionTime)
    assert.notEqual(later.conditions?.[0]?.lastUpdateTime, first.conditions?.[0]?.lastUpdateTime)
  })

  it('is unknown while the Rollout is invalid, and stays absent where it was', () => {
    const status = told({}, '10 %', noon)
    tellNotRouted(status, noon)
    assert.equal(conditionIn(status, 'TrafficRouted'), 'Unknown TrafficNotRouted')
    const without: RolloutStatus = {}
    tellNotRouted(without, noon)
    assert.deepEqual(without, {})
  })
})
