import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NetFailure } from '../../../../src/kube/net.ts'
import { createService, serviceTypes } from '../../../../src/notifications/services/registry.ts'
import { notificationOf, sendContext, sendErrorOf } from '../../../builders/service-contract.ts'

/** The published documentation, "Service Types", and what it describes besides. */
const documented = [
  ...['alertmanager', 'awssqs', 'email', 'gcppubsub', 'github', 'googlechat', 'grafana', 'mattermost', 'nats'],
  ...['newrelic', 'opsgenie', 'pagerduty', 'pagerdutyv2', 'pushover', 'rocketchat', 'slack', 'teams'],
  ...['teams-workflows', 'telegram', 'webex', 'webhook'],
]

const toSlack = { service: 'slack', recipient: 'releases' }

describe('the services', () => {
  it('are those of the published documentation', () => {
    assert.deepEqual([...serviceTypes].sort(), documented)
  })

  it('are known by their type: another one is an error that names all', () => {
    for (const type of ['skype', 'toString', '']) {
      assert.throws(() => createService(type, {}, `service.${type}`), {
        name: 'ServiceConfigError',
        message: /there is no service of the type .*; known are alertmanager, awssqs, /,
      })
    }
  })

  it('name the section of a template that they read', () => {
    assert.equal(createService('slack', { token: 't' }, 'service.slack').section, 'slack')
    assert.equal(createService('pushover', { token: 't' }, 'service.pushover').section, undefined)
  })

  it('take nothing, a null and numbers for what Go takes them for', () => {
    assert.throws(() => createService('slack', undefined, 'service.slack'), /service\.slack: token: must be set/)
    assert.throws(() => createService('slack', { token: null }, 'service.slack'), /token: must be set/)
    assert.throws(() => createService('slack', { token: ['a'] }, 'service.slack'), /token: must be a text/)
    createService('slack', { token: 4711, disableUnfurl: 'true' }, 'service.slack')
  })

  it('make a SendError of whatever goes wrong, without its cause', async () => {
    const service = createService('slack', { token: 'xoxb-secret' }, 'service.slack')
    for (const [thrown, retry] of [
      [new NetFailure('slack.com: xoxb-secret'), true],
      [new TypeError('xoxb-secret is undefined'), true],
    ] as const) {
      const net = { fetch: () => Promise.reject(thrown) }
      const error = await sendErrorOf(service.send(notificationOf(), toSlack, sendContext({ net })))
      assert.deepEqual([error.retry, error.cause], [retry, undefined])
      assert.match(error.message, /^sending by service\.slack: .*\*\*\*\*\*/)
      assert.ok(!error.message.includes('xoxb-secret'))
    }
  })

  it('take a section of another shape for an error that names the field', async () => {
    const service = createService('slack', { token: 'xoxb-secret' }, 'service.slack')
    const sending = service.send(notificationOf({ slack: { blocks: [{}] } }), toSlack, sendContext())
    const error = await sendErrorOf(sending)
    assert.deepEqual([error.retry, error.message], [false, 'sending by service.slack: slack: blocks: must be a text'])
  })
})
