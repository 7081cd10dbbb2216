import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/lib/json.ts'
import { formatYamlDocuments } from '../../../src/lib/yaml.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { CliSession, type Outcome, type SessionOptions } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const { transport } = new ClusterWithRollout()

const configMap = (data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'argo-rollouts-notification-configmap' },
  data,
})

const secret: JsonObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'argo-rollouts-notification-secret' },
  data: { token: Buffer.from('s3cret').toString('base64') },
}

const rollout: JsonObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 5 },
}

const usual = configMap({
  'template.done': 'message: "{{ .rollout.metadata.name | upper }} <done>\\nfor {{ .recipient }}"',
  'template.card': 'slack: {groupingKey: "{{ .rollout.metadata.name }}", username: bot}\nemail: {subject: s}',
  'template.wrong': 'message: "{{ .rollout.metadata.name.first }}"',
  'trigger.on-done': '[{when: rollout.spec.replicas > 3, send: [done, card], oncePer: rollout.metadata.name}]',
  'trigger.on-some': '[{when: rollout.spec.replicas > 9, send: [card]}, {when: "true", send: [done]}]',
  'trigger.on-event': '[{send: [done]}]',
  'service.webhook.hook': 'url: https://example.com/in\nheaders: [{name: Authorization, value: Bearer $token}]',
})

const inFiles = (configuration: JsonObject, words: readonly string[], options: Partial<SessionOptions> = {}) => {
  const files = { 'all.yaml': formatYamlDocuments([configuration, secret]), 'web.yaml': formatYamlDocuments([rollout]) }
  const session = new CliSession({ transport, clock: new ManualClock(), files, ...options })
  return session.run('notifications', ...words, '--config-map', 'all.yaml', '--secret', 'all.yaml')
}

const notifications = (...words: readonly string[]): Promise<Outcome> => inFiles(usual, words)

const printed = (stdout: string): Outcome => ({ code: 0, stdout, stderr: '' })
const told = (stderr: string): Outcome => ({ code: 0, stdout: '', stderr })
const refused = (message: string): Outcome => ({ code: 1, stdout: '', stderr: `Error: ${message}\n` })

describe('notifications template get', () => {
  it('lists templates with the first line of their message, or what else they hold', async () => {
    assert.deepEqual(
      await notifications('template', 'get'),
      printed(
        [
          'NAME   PREVIEW',
          'card   {"email":{"subject":"s"},"slack":{"username":"bot","groupingKey":"{{ .rollout.metadata.name }}","no...',
          'done   {{ .rollout.metadata.name | upper }} <done>',
          'wrong  {{ .rollout.metadata.name.first }}',
          '',
        ].join('\n'),
      ),
    )
  })

  it('prints one of them as data, in the order and with the escapes of the published plugin', async () => {
    const json = `{\n  "done": {\n    "message": "{{ .rollout.metadata.name | upper }} \\u003cdone\\u003e\\nfor {{ .recipient }}"\n  }\n}\n`
    assert.deepEqual(await notifications('template', 'get', 'done', '-o', 'json'), printed(json))
    assert.deepEqual(
      await notifications('template', 'get', 'card', '-o=yaml'),
      printed(
        [
          'card:',
          '  email:',
          '    subject: s',
          '  slack:',
          '    deliveryPolicy: Post',
          "    groupingKey: '{{ .rollout.metadata.name }}'",
          '    notifyBroadcast: false',
          '    username: bot',
          '',
        ].join('\n'),
      ),
    )
  })

  it('prints names alone, and knows no other format', async () => {
    assert.deepEqual(await notifications('template', 'get', '-o', 'name'), printed('card\ndone\nwrong\n'))
    assert.deepEqual(await notifications('template', 'get', '-o', 'xml'), refused("output 'xml' is not supported"))
  })
})

describe('notifications trigger', () => {
  it('lists each condition with its templates', async () => {
    assert.deepEqual(
      await notifications('trigger', 'get'),
      printed(
        [
          'NAME      TEMPLATE    CONDITION',
          'on-done   done, card  rollout.spec.replicas > 3',
          'on-event  done        ',
          'on-some   card        rollout.spec.replicas > 9',
          '          done        true',
          '',
        ].join('\n'),
      ),
    )
  })

  it('prints one as data', async () => {
    assert.deepEqual(
      await notifications('trigger', 'get', 'on-done', '-o', 'yaml'),
      printed(
        'on-done:\n- oncePer: rollout.metadata.name\n  send:\n  - done\n  - card\n  when: rollout.spec.replicas > 3\n',
      ),
    )
  })

  it('evaluates conditions for the Rollout of a file', async () => {
    assert.deepEqual(
      await notifications('trigger', 'run', 'on-some', 'web.yaml'),
      printed('CONDITION                  RESULT\nrollout.spec.replicas > 9  false\ntrue                       true\n'),
    )
  })

  it('shows a trigger without conditions as one that does not hold, as published', async () => {
    assert.deepEqual(
      await notifications('trigger', 'run', 'on-event', 'web.yaml'),
      printed('CONDITION  RESULT\n           false\n'),
    )
  })

  it('says which triggers there are when there is none of the name', async () => {
    assert.deepEqual(
      await notifications('trigger', 'run', 'on-typo', 'web.yaml'),
      told("trigger with name 'on-typo' does not exist (found on-done, on-event, on-some)\n"),
    )
  })
})

describe('notifications template notify', () => {
  it('prints the notification when no recipient is given', async () => {
    assert.deepEqual(
      await notifications('template', 'notify', 'done', 'web.yaml'),
      printed('message: |-\n  WEB <done>\n  for stdout\n'),
    )
  })

  it('sends by the services of the configuration, with the keys of the Secret', async () => {
    const net = new AnsweringNet(() => ({}))
    const words = ['template', 'notify', 'done', 'web.yaml', '--recipient', 'hook:team', '--recipient', 'console:me']
    const outcome = await inFiles(usual, words, { net })
    assert.deepEqual(outcome, printed('message: |-\n  WEB <done>\n  for me\n'))
    assert.deepEqual(net.urls, ['https://example.com/in'])
    assert.match(JSON.stringify(net.requests[0]?.headers), /Bearer s3cret/)
  })

  it('tells of the first recipient that cannot be told, without secrets, and ends with code 0 as published', async () => {
    assert.deepEqual(
      await notifications(
        'template',
        'notify',
        'done',
        'web.yaml',
        '--recipient',
        'slack:x',
        '--recipient',
        'console:y',
      ),
      told("failed to notify 'slack:x': notification service 'slack' is not supported\n"),
    )
    const { stderr } = await notifications('template', 'notify', 'done', 'web.yaml', '--recipient', 'hook:x')
    assert.match(stderr, /^failed to notify 'hook:x': .*there is no network here/)
    assert.doesNotMatch(stderr, /s3cret/)
  })

  it('tells where a template fails', async () => {
    assert.deepEqual(
      await notifications('template', 'notify', 'wrong', 'web.yaml'),
      told(
        "failed to notify 'console:stdout': template: wrong:1:11: executing \"wrong\" at <.rollout.metadata.name.first>: can't evaluate field first in type interface {}\n",
      ),
    )
    assert.deepEqual(
      await notifications('template', 'notify', 'typo', 'web.yaml'),
      told("failed to notify 'console:stdout': template 'typo' is not supported\n"),
    )
  })

  it('looks for a Rollout in the cluster where there is no such file', async () => {
    assert.deepEqual(
      await notifications('template', 'notify', 'done', 'typo'),
      told('failed to load resource: rollouts.argoproj.io "typo" not found\n'),
    )
  })
})

describe('the configuration of notifications commands', () => {
  it('is told of when it cannot be used', async () => {
    const broken = configMap({ 'template.broken': 'message: "{{ nofunc }}"' })
    assert.deepEqual(
      await inFiles(broken, ['template', 'get']),
      told('failed to get api: errors getting apis: [template: broken:1: function "nofunc" not defined]\n'),
    )
    assert.deepEqual(
      await inFiles({ ...usual, metadata: { name: 'other' } }, ['trigger', 'get']),
      told("failed to get api: file 'all.yaml' does not have '/ConfigMap/argo-rollouts-notification-configmap'\n"),
    )
  })

  it('comes from the cluster when no file is named', async () => {
    const session = new CliSession({ transport, clock: new ManualClock() })
    assert.deepEqual(
      await session.run('notifications', 'template', 'get', '--secret', ':empty'),
      told('failed to get api: configmaps "argo-rollouts-notification-configmap" not found\n'),
    )
  })

  it('needs two words where a Rollout is looked at, and a command below another', async () => {
    assert.deepEqual(await notifications('trigger', 'run', 'on-done'), refused('expected two arguments, got 1'))
    assert.deepEqual(await notifications('template', 'notify'), refused('expected two arguments, got 0'))
    assert.deepEqual(await notifications('template'), refused('select child command'))
    const { code, stdout } = await notifications()
    assert.equal(code, 0)
    assert.match(stdout, /Available Commands:\n {2}trigger .*\n {2}template /)
  })
})
