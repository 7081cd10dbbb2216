import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseNotificationConfig } from '../../../src/notifications/configuration.ts'

const faultsOf = (data: Record<string, string>, secrets: Record<string, string> = {}): readonly string[] =>
  parseNotificationConfig(data, secrets).faults.map(({ key, message }) => `${key}: ${message}`)

describe('the configuration of notifications', () => {
  it('is read part by part, under the published keys', () => {
    const config = parseNotificationConfig(
      {
        'template.done': 'message: done\nslack: {attachments: "[]"}',
        'trigger.on-done': '- when: "true"\n  send: [done]\n  oncePer: rollout.metadata.name',
        'service.slack': 'token: $token',
        'service.webhook.hook': 'url: https://example.com/$path/x',
        subscriptions: '- recipients: ["slack:ops"]\n  triggers: [on-done]\n  selector: app=web',
        defaultTriggers: '[on-done]',
        'defaultTriggers.slack': '[on-slack]',
        context: 'address: https://console.example.com',
        anything: 'else',
      },
      { token: 's3cret', path: 'deep' },
    )
    assert.deepEqual(config.faults, [])
    assert.deepEqual(config.templates.get('done'), { message: 'done', sections: { slack: { attachments: '[]' } } })
    assert.deepEqual(config.triggers.get('on-done'), [
      { when: 'true', send: ['done'], oncePer: 'rollout.metadata.name' },
    ])
    assert.deepEqual(config.services.get('slack'), { name: 'slack', type: 'slack', options: { token: 's3cret' } })
    assert.deepEqual(config.services.get('hook')?.options, { url: 'https://example.com/deep/x' })
    assert.deepEqual(config.subscriptions[0]?.recipients, ['slack:ops'])
    assert.deepEqual(config.defaultTriggers, ['on-done'])
    assert.deepEqual(config.serviceDefaultTriggers.get('slack'), ['on-slack'])
    assert.deepEqual(config.context, { address: 'https://console.example.com' })
  })

  it('reads a trigger whose name has dots, and one without conditions', () => {
    const { triggers } = parseNotificationConfig({ 'trigger.on.a.b': '[]', 'trigger.empty': '' }, {})
    assert.deepEqual(
      [...triggers],
      [
        ['empty', []],
        ['on.a.b', []],
      ],
    )
  })

  it('leaves a reference to a key that the Secret does not have as it is, and says which', () => {
    const { services, faults } = parseNotificationConfig({ 'service.email': 'password: pa$$word' }, {})
    assert.deepEqual(services.get('email')?.options, { password: 'pa$$word' })
    assert.deepEqual(faults, [
      { key: 'service.email', message: 'refers to word, which the Secret does not have; add it there', isUsable: true },
    ])
  })

  it('names key and field of what is wrong, and goes on with the rest', () => {
    const faults = faultsOf({
      'trigger.on-a': '- send: done',
      'trigger.on-b': '{',
      'template.c': '- a list',
      'service.a.b.c': 'token: x',
      subscriptions: '- selector: "a b"',
      'template.good': 'message: fine',
    })
    assert.deepEqual(
      faults.map((fault) => fault.slice(0, fault.indexOf(':'))),
      ['service.a.b.c', 'subscriptions', 'template.c', 'trigger.on-a', 'trigger.on-b'],
    )
    assert.match(faults[0] ?? '', /expected service\.<type> or service\.<type>\.<name>/)
    assert.match(faults[1] ?? '', /"a b" is no requirement; expected for example app=shop/)
    assert.match(faults[3] ?? '', /\[0\]\.send/)
  })
})
