import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../../builders/answering-server.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import {
  describeServiceContract,
  notificationOf,
  type ServiceContract,
  sendContext,
  sendErrorOf,
  sendTo,
  testNow,
} from '../../../builders/service-contract.ts'

const key = 'integration-key-0815'
const bodyOf = (request: SeenRequest | undefined): Json => JSON.parse(request?.body ?? 'null')
const failure = (contract: ServiceContract, answer: Answer = contract.good) =>
  sendErrorOf(sendTo(contract, answer).then(() => {}))
const withSections = (
  contract: ServiceContract,
  sections: Record<string, Json>,
  message?: string,
): ServiceContract => ({
  ...contract,
  notification: notificationOf(sections, message),
})

const common = { hidden: [key], timeLimitMs: 10_000, readsAnswer: false }

const pushover: ServiceContract = {
  ...common,
  type: 'pushover',
  config: () => ({ token: key }),
  publicAddress: 'https://api.pushover.net',
  recipient: 'user-key',
  notification: notificationOf(),
  good: { body: '{"status":1}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/1/messages.json'])
    const form = Object.fromEntries(new URLSearchParams(request?.body))
    assert.deepEqual(form, { token: key, user: 'user-key', message: 'Rollout shop is complete' })
  },
}

const opsgenie: ServiceContract = {
  ...common,
  type: 'opsgenie',
  config: (address) => ({ apiUrl: address, apiKeys: { shop: key } }),
  recipient: 'shop',
  notification: notificationOf({
    opsgenie: {
      ...{ description: 'in trouble', priority: 'P1', alias: 'shop', note: 'n', entity: 'e', user: 'u', unknown: 'x' },
      ...{ actions: ['Restart'], tags: ['Critical'], details: { environment: 'production' } },
      visibleTo: [
        { Id: 'team-id', Type: 'team' },
        { Username: 'trinity@shop.example', Type: 'user' },
      ],
    },
  }),
  good: { status: 202, body: '{"result":"Request will be processed"}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/v2/alerts'])
    assert.equal(request?.headers.authorization, `GenieKey ${key}`)
    assert.deepEqual(bodyOf(request), {
      message: 'Rollout shop is complete',
      ...{ description: 'in trouble', priority: 'P1', alias: 'shop', note: 'n', entity: 'e', user: 'u' },
      ...{ actions: ['Restart'], tags: ['Critical'], details: { environment: 'production' } },
      visibleTo: [
        { id: 'team-id', type: 'team' },
        { username: 'trinity@shop.example', type: 'user' },
      ],
      responders: [{ type: 'team', id: 'shop' }],
      source: 'Argo CD',
    })
  },
}

const pagerDuty: ServiceContract = {
  ...common,
  type: 'pagerduty',
  config: () => ({ token: key, from: 'someone@shop.example' }),
  publicAddress: 'https://api.pagerduty.com',
  recipient: 'PWIXJZS',
  notification: notificationOf({
    pagerduty: { title: 'shop', body: 'aborted', urgency: 'high', priorityID: 'P53ZZH5' },
  }),
  good: { status: 201, body: '{"incident":{}}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/incidents'])
    const { authorization, from, accept } = request?.headers ?? {}
    assert.deepEqual([authorization, from], [`Token token=${key}`, 'someone@shop.example'])
    assert.equal(accept, 'application/vnd.pagerduty+json;version=2')
    assert.deepEqual(bodyOf(request), {
      incident: {
        ...{ type: 'incident', title: 'shop', urgency: 'high' },
        service: { id: 'PWIXJZS', type: 'service_reference' },
        priority: { id: 'P53ZZH5', type: 'priority_reference' },
        body: { type: 'incident_body', details: 'aborted' },
      },
    })
  },
}

const pagerDutyV2: ServiceContract = {
  ...common,
  type: 'pagerdutyv2',
  config: () => ({ serviceKeys: { shop: key } }),
  publicAddress: 'https://events.pagerduty.com',
  recipient: 'shop',
  notification: notificationOf({
    pagerdutyv2: {
      ...{ summary: 'shop is aborted', severity: 'critical', source: 'shop', component: 'c', group: 'g', class: 'k' },
      ...{ url: 'https://shop.example', dedupKey: 'shop-7' },
    },
  }),
  good: { status: 202, body: '{"status":"success"}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/v2/enqueue'])
    assert.deepEqual(bodyOf(request), {
      ...{ routing_key: key, event_action: 'trigger', client: 'ArgoCD', client_url: 'https://shop.example' },
      dedup_key: 'shop-7',
      payload: {
        ...{ summary: 'shop is aborted', severity: 'critical', source: 'shop', component: 'c', group: 'g', class: 'k' },
      },
    })
  },
}

const grafana: ServiceContract = {
  ...common,
  type: 'grafana',
  config: (address) => ({ apiURL: `${address}/api`, apiKey: key }),
  recipient: 'rollout|shop',
  notification: notificationOf(),
  good: { body: '{"id":1}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/annotations'])
    assert.equal(request?.headers.authorization, `Bearer ${key}`)
    const { time, ...rest } = bodyOf(request) as { time: number }
    assert.equal(time % 1000, 0)
    assert.deepEqual(rest, { isRegion: false, tags: ['rollout', 'shop'], text: 'Rollout shop is complete' })
  },
}

const newRelic: ServiceContract = {
  ...common,
  type: 'newrelic',
  config: (address) => ({ apiURL: `${address}/`, apiKey: key }),
  recipient: '4711',
  notification: notificationOf({ newrelic: { revision: '7', changelog: 'c', user: 'u' } }),
  good: { status: 201, body: '{"deployment":{}}' },
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/v2/applications/4711/deployments.json'])
    assert.equal(request?.headers['x-api-key'], key)
    const deployment = { revision: '7', changelog: 'c', user: 'u', description: 'Rollout shop is complete' }
    assert.deepEqual(bodyOf(request), { deployment })
  },
}

const alertmanager: ServiceContract = {
  ...common,
  type: 'alertmanager',
  config: (address) => ({
    targets: [new URL(address).host],
    basicAuth: { username: 'u', password: key },
    bearerToken: 'not-used',
  }),
  recipient: '',
  notification: notificationOf({
    alertmanager: {
      labels: { severity: 'P5' },
      annotations: { summary: 'done' },
      generatorURL: 'git@git.example:shop/web.git',
    },
  }),
  good: {},
  asked: ([request, ...others]) => {
    assert.deepEqual(others, [])
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v2/alerts'])
    assert.equal(request?.headers.authorization, `Basic ${Buffer.from(`u:${key}`).toString('base64')}`)
    const [{ startsAt, ...alert }] = bodyOf(request) as [{ startsAt: string }]
    assert.match(startsAt, /^\d{4}-\d\d-\d\dT.*Z$/)
    assert.deepEqual(alert, {
      labels: { alertname: 'rollout-completed', severity: 'P5' },
      annotations: { summary: 'done' },
      generatorURL: 'https://git.example/shop/web.git',
    })
  },
  hidden: [Buffer.from(`u:${key}`).toString('base64')],
  timeLimitMs: 3000,
}

for (const contract of [pushover, opsgenie, pagerDuty, pagerDutyV2, grafana, newRelic, alertmanager]) {
  describeServiceContract(contract)
}

describe('an alert in Opsgenie', () => {
  it('has a message as long as Opsgenie takes it', async () => {
    const [request] = await sendTo(withSections(opsgenie, {}, 'x'.repeat(200)), opsgenie.good)
    assert.equal((bodyOf(request) as { message: string }).message, `${'x'.repeat(127)}...`)
  })

  it('needs a description, a priority that exists, and the key of the team', async () => {
    const refused = async (section: Json): Promise<string> =>
      (await failure(withSections(opsgenie, { opsgenie: section }))).message
    assert.match(await refused({ priority: 'P2' }), /opsgenie: description: must be set/)
    assert.match(await refused({ description: 'd', priority: 'P9' }), /opsgenie: priority: must be one of P1/)
    assert.match(await refused({ description: 'd', visibleTo: [{ id: 'x' }] }), /visibleTo\.0\.type: must be team/)
    assert.match((await failure({ ...opsgenie, recipient: 'other' })).message, /apiKeys: no API key .* other/)
  })

  it('is sent to a host by https', async () => {
    const urls: string[] = []
    const net = {
      fetch: async ({ url }: { url: string }) => {
        urls.push(url)
        return { status: 202, headers: {}, text: '' }
      },
    }
    for (const apiUrl of ['', 'api.eu.opsgenie.com']) {
      const service = createService('opsgenie', { apiUrl, apiKeys: { shop: key } }, 'service.opsgenie')
      await service.send(opsgenie.notification, { service: 'opsgenie', recipient: 'shop' }, sendContext({ net }))
    }
    assert.deepEqual(urls, ['https://api.opsgenie.com/v2/alerts', 'https://api.eu.opsgenie.com/v2/alerts'])
  })
})

describe('an incident in PagerDuty', () => {
  it('has the message for its title where the template has none, and the service of the configuration', async () => {
    const plain = { ...withSections(pagerDuty, {}), recipient: '', config: () => ({ token: key, serviceID: 'PX' }) }
    const [request] = await sendTo(plain, pagerDuty.good)
    const service = { id: 'PX', type: 'service_reference' }
    assert.deepEqual(bodyOf(request), { incident: { type: 'incident', title: 'Rollout shop is complete', service } })
    assert.match((await failure({ ...pagerDuty, recipient: '' })).message, /serviceId: must be set/)
  })
})

describe('an event of PagerDuty', () => {
  it('needs its section, with a severity that exists', async () => {
    assert.match((await failure(withSections(pagerDutyV2, {}))).message, /the template has no such section/)
    const section = { summary: 's', source: 'x', severity: 'bad' }
    const { message, retry } = await failure(withSections(pagerDutyV2, { pagerdutyv2: section }))
    assert.match(message, /pagerdutyv2: severity: must be one of critical/)
    assert.equal(retry, false)
  })
})

describe('a deployment in New Relic', () => {
  it('needs a revision, which no field of a Rollout is by default', async () => {
    assert.match((await failure(withSections(newRelic, {}))).message, /it needs revision/)
    assert.match((await failure(withSections(newRelic, { newrelic: {} }))).message, /newrelic: revision: must be set/)
  })
})

describe('an alert in Alertmanager', () => {
  it('has arrived when one of the targets has it', async () => {
    await using healthy = await AnsweringServer.start({})
    await using broken = await AnsweringServer.start({ status: 500 })
    const hosts = [broken, healthy].map(({ address }) => new URL(address).host)
    await sendTo({ ...alertmanager, config: () => ({ targets: hosts }) }, {})
    assert.deepEqual([broken.seen.length, healthy.seen.length], [1, 1])
  })

  it('begins now, and keeps the name that its labels have', async () => {
    const clock = new ManualClock(testNow)
    const labels = { alertname: 'own' }
    const own = { ...withSections(alertmanager, { alertmanager: { labels } }), good: {} }
    const [request] = await sendTo(own, {}, { clock })
    assert.deepEqual(bodyOf(request), [{ labels, startsAt: '2026-03-01T12:00:00.000Z' }])
  })

  it('needs labels', async () => {
    assert.match((await failure(withSections(alertmanager, {}))).message, /it needs labels/)
    const empty = withSections(alertmanager, { alertmanager: { labels: {} } })
    assert.match((await failure(empty)).message, /alertmanager: labels: must hold at least one label/)
  })

  it('is sent with a token, to the path and by the scheme of the configuration', async () => {
    const settings = (address: string) => ({ targets: [new URL(address).host], apiPath: '/own', bearerToken: key })
    const [request] = await sendTo({ ...alertmanager, config: settings }, {})
    assert.deepEqual([request?.url, request?.headers.authorization], ['/own', `Bearer ${key}`])
    assert.throws(() => createService('alertmanager', { scheme: 'ftp' }, 'service.alertmanager'), {
      message: 'service.alertmanager: scheme: must be http or https',
    })
  })
})

describe('a message in Pushover', () => {
  it('is as long as Pushover takes it', async () => {
    const [request] = await sendTo(withSections(pushover, {}, 'ö'.repeat(2000)), pushover.good)
    assert.equal(new URLSearchParams(request?.body).get('message')?.length, 1024)
  })
})
