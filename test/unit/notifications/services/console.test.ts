import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatNotification } from '../../../../src/notifications/services/console.ts'

/** What the published plugin prints of a notification with these sections. */
const published = `awssqs:
  messageAttributes: null
  messageGroupId: g
email:
  subject: Rollout shop
googlechat:
  cards: ""
  cardsV2: ""
  threadKey: k
message: |
  Rollout shop is complete
newrelic:
  changelog: c
  revision: r
opsgenie:
  description: ""
  priority: P1
  tags:
  - a
pagerduty:
  body: b
  title: ""
pagerdutyv2:
  severity: ""
  source: ""
  summary: s
  url: ""
rocketchat: {}
slack:
  attachments: |
    [{"title": "shop"}]
  deliveryPolicy: Post
  groupingKey: shop
  notifyBroadcast: false
webhook:
  a:
    body: ""
    method: ""
    path: ""
  b:
    body: 'x: y'
    method: POST
    path: /shop
`

test('a console shows the message and every section as the published plugin does', () => {
  const sections = {
    webhook: { b: { method: 'POST', path: '/shop', body: 'x: y' }, a: {} },
    slack: { groupingKey: 'shop', attachments: '[{"title": "shop"}]\n', username: '' },
    email: { subject: 'Rollout shop', body: '' },
    opsgenie: { priority: 'P1', tags: ['a'], actions: [] },
    pagerduty: { body: 'b' },
    pagerdutyv2: { summary: 's' },
    newrelic: { revision: 'r', changelog: 'c' },
    googlechat: { threadKey: 'k' },
    awssqs: { messageGroupId: 'g' },
    rocketchat: {},
  }
  assert.equal(formatNotification({ message: 'Rollout shop is complete\n', sections }), published)
})
