import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseNotificationConfig } from '../../../src/notifications/configuration.ts'
import { subscriptionsOf } from '../../../src/notifications/subscriptions.ts'

const prefix = 'notifications.argoproj.io/'

const told = (
  annotations: Record<string, string>,
  data: Record<string, string> = {},
  labels: Record<string, string> = {},
): Record<string, readonly string[]> => {
  const prefixed = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}${key}`, value]))
  const { byTrigger } = subscriptionsOf(parseNotificationConfig(data, {}), labels, prefixed)
  return Object.fromEntries(
    [...byTrigger].map(([trigger, to]) => [trigger, to.map(({ service, recipient }) => `${service}:${recipient}`)]),
  )
}

describe('a subscription by annotation', () => {
  it('names trigger, service and recipients', () => {
    assert.deepEqual(told({ 'subscribe.on-done.slack': 'ops; dev;' }), { 'on-done': ['slack:ops', 'slack:dev'] })
  })

  it('needs no recipient where the service has only one', () => {
    assert.deepEqual(told({ 'subscribe.on-done.hook': '' }), { 'on-done': ['hook:'] })
  })

  it('without a trigger is to the default ones, first of all those of the service', () => {
    const data = { defaultTriggers: '[on-a, on-b]', 'defaultTriggers.slack': '[on-c]' }
    assert.deepEqual(told({ 'subscribe.email': 'a@example.com', 'subscribe..slack': 'ops' }, data), {
      'on-a': ['email:a@example.com'],
      'on-b': ['email:a@example.com'],
      'on-c': ['slack:ops'],
    })
  })

  it('may be a list', () => {
    const list =
      '- trigger: [on-a, on-b]\n  destinations:\n  - service: slack\n    recipients: [ops]\n- trigger: [on-c]'
    assert.deepEqual(told({ subscriptions: list }), { 'on-a': ['slack:ops'], 'on-b': ['slack:ops'] })
  })

  it('that cannot be read is named, and the others count', () => {
    const annotations = { [`${prefix}subscriptions`]: '- trigger: on-a', [`${prefix}subscribe.on-b.slack`]: 'ops' }
    const { byTrigger, faults } = subscriptionsOf(parseNotificationConfig({}, {}), {}, annotations)
    assert.deepEqual([...byTrigger.keys()], ['on-b'])
    assert.equal(faults[0]?.annotation, `${prefix}subscriptions`)
    assert.match(faults[0]?.message ?? '', /0\.trigger/)
  })
})

describe('a global subscription', () => {
  const data = {
    subscriptions: '- recipients: ["slack:ops", "hook"]\n  triggers: [on-a]\n  selector: team in (shop),!quiet',
  }

  it('counts for the Rollouts that its selector matches', () => {
    assert.deepEqual(told({}, data, { team: 'shop' }), { 'on-a': ['slack:ops', 'hook:'] })
    assert.deepEqual(told({}, data, { team: 'shop', quiet: '' }), {})
    assert.deepEqual(told({}, data, { team: 'bank' }), {})
  })

  it('tells nobody twice who subscribed as well', () => {
    assert.deepEqual(told({ 'subscribe.on-a.slack': 'ops;dev' }, data, { team: 'shop' }), {
      'on-a': ['slack:ops', 'hook:', 'slack:dev'],
    })
  })
})
