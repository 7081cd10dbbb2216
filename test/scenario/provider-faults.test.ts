import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Metric } from '../../src/api/metric.ts'
import type { WebAnswer, WebRule } from '../../src/sandbox/metrics/web-rule.ts'
import { anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), analysis('check'), setWeight(75))

const url = 'http://judge.example/score'
const checked: Metric = {
  name: 'check',
  interval: '10s',
  count: 6,
  successCondition: 'result == "good"',
  provider: { web: { url } },
}

const good: WebAnswer = { text: 'good' }
const answers = (...ones: readonly WebAnswer[]): StoryOptions => ({ web: [{ url, answers: ones }] })

const release = async (told: Story, metric: Metric, ...objects: object[]): Promise<void> => {
  await told.begin(anAnalysisTemplate('check', metric), ...objects, web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const resultOf = (told: Story) =>
  runsOf(told, 'web')[0]?.status?.metricResults?.[0] ?? assert.fail('nothing was measured')
const phasesOf = (told: Story): readonly string[] => (resultOf(told).measurements ?? []).map(({ phase }) => phase)
const messageOf = (told: Story): string => resultOf(told).measurements?.at(-1)?.message ?? ''
const phaseOfRun = (told: Story): string | undefined => runsOf(told, 'web')[0]?.status?.phase

const abortedBy = (message: RegExp): RegExp =>
  new RegExp(
    `^RolloutAborted: .*Metric "check" assessed Error due to consecutiveErrors \\(5\\) > consecutiveErrorLimit \\(4\\).*${message.source}`,
  )

describe('a provider that is down', () => {
  for (const [how, answer, reason] of [
    ['refuses connections', { fault: 'refused' }, /judge\.example: connection refused/],
    ['never answers', { fault: 'timeout' }, /judge\.example: no answer within 10000 ms/],
    ['answers with errors', { status: 503, text: 'down' }, /received non 2xx response code: 503/],
  ] as const) {
    story(
      `and ${how} for the whole run ends it in Error, and the release is aborted`,
      answers(answer),
      async (told) => {
        await release(told, checked)
        await told.until(rollout('web').isDegraded(abortedBy(reason)), '10m')
        assert.equal(phaseOfRun(told), 'Error')
        assert.deepEqual(phasesOf(told), ['Error', 'Error', 'Error', 'Error', 'Error'])
        assert.match(messageOf(told), reason)
      },
    )
  }

  const every = (ms: number, ...turn: readonly WebAnswer[]): StoryOptions =>
    answers(...Array.from({ length: 200 }, (_, index) => ({ ...turn[index % turn.length], fromMs: index * ms })))

  story(
    'now and then is asked again, and its answers count',
    every(15_000, { fault: 'refused' }, good),
    async (told) => {
      await release(told, checked)
      await told.until(rollout('web').isHealthy(), '10m')
      const { phase, count, successful, error = 0 } = resultOf(told)
      assert.deepEqual([phase, count, successful], ['Successful', 6, 6])
      assert.ok(error > 0, 'it was never down')
    },
  )

  story(
    'for longer than the limit allows ends the run, although it was well before',
    answers(good, { fault: 'refused', fromMs: 30_000 }),
    async (told) => {
      await release(told, { ...checked, count: 600, consecutiveErrorLimit: 2 })
      await told.until(rollout('web').isDegraded(/consecutiveErrors \(3\) > consecutiveErrorLimit \(2\)/), '10m')
      assert.equal(phaseOfRun(told), 'Error')
    },
  )
})

describe('the Secret of a metric', () => {
  const keyed: Metric = { ...checked, provider: { web: { url: `${url}?key={{args.key}}` } } }
  const withKey = (metric: Metric) => {
    const template = anAnalysisTemplate('check', metric)
    const args = [{ name: 'key', valueFrom: { secretKeyRef: { name: 'judge', key: 'token' } } }]
    return { ...template, spec: { ...template.spec, args } }
  }
  const secret = (token: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'judge', namespace: 'default' },
    data: { token: Buffer.from(token).toString('base64') },
  })

  /** The server takes one key, and from a minute on the other. */
  const rotating: readonly WebRule[] = [
    { url: `${url}?key=first-key`, answers: [good, { status: 401, fromMs: 60_000 }] },
    { url: `${url}?key=second-key`, answers: [{ status: 401 }, { ...good, fromMs: 60_000 }] },
  ]

  story('that is not there is named, and the release is aborted', { web: rotating }, async (told) => {
    await release(told, keyed, withKey(keyed))
    await told.until(rollout('web').isDegraded(abortedBy(/secrets "judge" not found/)), '10m')
    assert.equal(phaseOfRun(told), 'Error')
  })

  story('that has another key is named with it', { web: rotating }, async (told) => {
    await release(told, keyed, withKey(keyed), { ...secret('x'), data: { password: 'eA==' } })
    await told.until(rollout('web').isDegraded(/key 'token' does not exist in secret 'judge'/), '10m')
  })

  story('that comes late is used by the next measurement', { web: rotating }, async (told) => {
    await release(told, keyed, withKey({ ...keyed, count: 3 }))
    await told.pass('25s')
    told.apply(secret('first-key'))
    await told.until(rollout('web').isHealthy(), '10m')
    assert.equal(phasesOf(told)[0], 'Error')
    assert.equal(resultOf(told).phase, 'Successful')
  })

  story('that is rotated in the middle is used by the next measurement', { web: rotating }, async (told) => {
    const throughout = { ...keyed, count: 12 }
    await release(told, throughout, withKey(throughout), secret('first-key'))
    await told.pass('70s')
    assert.equal(phasesOf(told).at(-1), 'Error')
    told.apply(secret('second-key'))
    await told.until(rollout('web').isHealthy(), '10m')
    const { successful, error = 0, metadata = {} } = resultOf(told)
    assert.equal(successful, 12)
    assert.ok(error > 0 && error <= 3, `${error} errors`)
    assert.ok(!JSON.stringify([metadata, runsOf(told, 'web')]).includes('-key'), 'a key is shown')
  })
})

describe('the account of a metric system', () => {
  const asking: Metric = {
    ...checked,
    successCondition: 'result[0] < 1',
    provider: { dynatrace: { query: 'errors' } },
  }
  const account = (address: string) => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo-rollouts' } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'dynatrace', namespace: 'argo-rollouts' },
      data: {
        address: Buffer.from(address).toString('base64'),
        token: Buffer.from('dt0c01.a-secret-token').toString('base64'),
      },
    },
  ]
  const values = { result: [{ metricId: 'errors', data: [{ values: [0.5] }] }] }
  const dynatrace: StoryOptions = {
    web: [
      { url: 'http://old.example/', answers: [{ status: 403, text: 'token dt0c01.a-secret-token was revoked' }] },
      { url: 'http://new.example/', answers: [{ json: values }] },
    ],
  }

  story('that is refused says what to check, and shows no token', dynatrace, async (told) => {
    await release(told, asking, ...account('http://old.example'))
    await told.until(rollout('web').isDegraded(abortedBy(/403/)), '10m')
    assert.match(messageOf(told), /403 token \*{5} was revoked; check token in the Secret argo-rollouts\/dynatrace/)
  })

  story('that moves in the middle is found by the next measurement', dynatrace, async (told) => {
    await release(told, asking, ...account('http://old.example'))
    await told.pass('15s')
    told.apply(account('http://new.example'))
    await told.until(rollout('web').isHealthy(), '10m')
    assert.equal(phasesOf(told)[0], 'Error')
    assert.equal(resultOf(told).measurements?.at(-1)?.value, '[0.5]')
  })
})

describe('a Job that judges', () => {
  const image = 'judge:1'
  const provider = {
    job: {
      metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } }, backoffLimit: 0 },
    },
  }
  const judging: Metric = { name: 'check', provider }

  story(
    'and whose image cannot be pulled decides nothing: the release waits for a person, who is told why',
    { pods: [{ image, behavior: { imagePullFails: true } }] },
    async (told) => {
      await release(told, judging)
      await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '10m')
      assert.match(messageOf(told), /^container main waits: ImagePullBackOff: /)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
    },
  )

  story(
    'and is stopped with the release is no success',
    { pods: [{ image, behavior: { runForMs: 3_600_000 } }] },
    async (told) => {
      await release(told, judging)
      await told.until(rollout('web').isAtStep(1), '1m')
      await told.pass('30s')
      assert.deepEqual(phasesOf(told), ['Running'])
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('30s')
      assert.deepEqual(phasesOf(told), ['Inconclusive'])
      assert.match(messageOf(told), /deleted before it ended/)
      assert.notEqual(phaseOfRun(told), 'Successful')
    },
  )
})
