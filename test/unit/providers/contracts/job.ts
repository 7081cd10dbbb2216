import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer } from '../../../builders/answering-server.ts'
import { type ContractPart, contractParts } from '../../../builders/contract-part.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import {
  assertWaits,
  callLimitMs,
  type JobAnswers,
  jobName,
  jobSecret,
  refusal,
  storedJob,
  tryJob,
  waitingPods,
} from './job-cluster.ts'

const jobsPath = '/apis/batch/v1/namespaces/shop/jobs'

const describeAnswers = (): void => {
  it('creates the Job and reads it, as the Kubernetes API documents', async () => {
    const { looked, seen } = await tryJob({ read: storedJob({ type: 'Complete' }) })
    assert.equal(looked.phase, 'Successful')
    assert.deepEqual(
      seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`),
      [`POST ${jobsPath}`, `GET ${jobsPath}/${jobName}`],
    )
    const { kind, metadata, spec } = JSON.parse(seen[0]?.body ?? '')
    assert.deepEqual([kind, metadata.name, spec.backoffLimit], ['Job', jobName, 0])
    assert.deepEqual(spec.template.spec.containers[0].args, [`--password=${jobSecret}`])
  })

  const ends: readonly (readonly [what: string, answers: JobAnswers, phase: string, message: RegExp])[] = [
    ['a Job that completes', { read: storedJob({ type: 'Complete' }) }, 'Successful', /^$/],
    [
      'a Job that fails',
      { read: storedJob({ type: 'Failed', message: 'Job has reached the specified backoff limit' }) },
      'Failed',
      /^$/,
    ],
    ['a Job that is gone', { read: refusal(404, 'NotFound', 'gone') }, 'Error', /^jobs\.batch ".+" not found$/],
    [
      'an image that cannot be pulled',
      { pods: waitingPods('ImagePullBackOff', 'Back-off pulling image "load:1"') },
      'Inconclusive',
      /^container main waits: ImagePullBackOff: Back-off pulling image/,
    ],
    [
      'a Job that the API server refuses',
      { create: refusal(422, 'Invalid', 'spec.template.spec.restartPolicy: Required value') },
      'Error',
      /spec\.template\.spec\.restartPolicy: Required value/,
    ],
    [
      'a quota that has no room',
      { create: refusal(403, 'Forbidden', 'exceeded quota: jobs, limited: count/jobs.batch=0') },
      'Error',
      /exceeded quota: jobs/,
    ],
  ]
  for (const [what, answers, phase, message] of ends) {
    it(`makes ${phase} of ${what}`, async () => {
      const { looked } = await tryJob(answers)
      assert.deepEqual([looked.phase, looked.value], [phase, undefined])
      assert.match(looked.message ?? '', message)
    })
  }

  it('keeps why a Job failed beside its name, not in the message, as published', async () => {
    const failed = storedJob({ type: 'Failed', message: 'Job has reached the specified backoff limit' })
    const { looked } = await tryJob({ read: failed })
    assert.equal(looked.metadata?.['job-failure'], 'Job has reached the specified backoff limit')
    assert.equal(looked.metadata?.['job-name'], jobName)
  })

  it('waits for a Job that runs', async () => assertWaits((await tryJob({})).looked))
}

const describeRefusals = (): void => {
  it('says which right is missing', async () => {
    const message = 'jobs.batch is forbidden: User "crossfade" cannot create resource "jobs" in API group "batch"'
    const { begun } = await tryJob({ create: refusal(403, 'Forbidden', message) })
    assert.equal(begun.phase, 'Error')
    assert.match(begun.message ?? '', /cannot create resource "jobs"/)
  })

  it('says what is wrong with the identity of the controller', async () => {
    const { begun } = await tryJob({ create: refusal(401, 'Unauthorized', 'Unauthorized') })
    assert.deepEqual([begun.phase, begun.message], ['Error', `POST ${jobsPath}: Unauthorized`])
  })
}

const troubles: readonly (readonly [what: string, answer: Answer])[] = [
  ['is asked too often', { ...refusal(429, 'TooManyRequests', 'too many'), headers: { 'retry-after': '1' } }],
  ['is in trouble', refusal(500, 'InternalError', 'etcdserver: request timed out')],
  ['starts', refusal(503, 'ServiceUnavailable', 'starting')],
]

const describeThrottling = (): void => {
  for (const [what, answer] of troubles) {
    it(`waits while the API server ${what}: another Job would run beside the first`, async () => {
      const { begun, seen } = await tryJob({ create: answer, read: answer })
      assertWaits(begun)
      assert.ok(seen.length > 0)
      const { looked } = await tryJob({ read: answer })
      assertWaits(looked)
    })
  }

  it('finds the Job whose creation was answered with an error', async () => {
    const create = refusal(500, 'InternalError', 'etcdserver: request timed out')
    assert.equal((await tryJob({ create, read: storedJob({ type: 'Complete' }) })).looked.phase, 'Successful')
    const { looked } = await tryJob({ create, read: refusal(404, 'NotFound', 'gone') })
    assert.equal(looked.phase, 'Error', 'it was not created: the next measurement tries again')
  })
}

const describeSlowness = (): void => {
  it(`waits for a Job that the API server does not talk about, ${callLimitMs / 1000} s at a time`, async () => {
    const clock = new ManualClock()
    const asked = Promise.withResolvers<void>()
    const trial = tryJob(
      { read: { silent: true } },
      { clock, onRequest: ({ method }) => method === 'GET' && asked.resolve() },
    )
    await asked.promise
    await clock.advance(callLimitMs)
    assertWaits((await trial).looked)
    assert.equal(clock.pendingTimers, 0)
  })

  it('waits after a connection that was cut, or an API server that is not there', async () => {
    assertWaits((await tryJob({ create: { reset: true } })).begun)
    assertWaits((await tryJob({ read: { reset: true } })).looked)
    assertWaits((await tryJob({}, { gone: true })).looked)
  })
}

const rubbish = ['', '{"kind":"Job","meta', '{"ok":true}', '"up"', '1', 'null', '[1, "two", {}]', '\u0000\u0001\ufffd']

const describeRubbish = (): void => {
  it('takes nothing that is no Job for the end of one', async () => {
    for (const body of rubbish) {
      const { looked } = await tryJob({ read: { body } })
      assert.notEqual(looked.phase, 'Successful', body)
      assert.notEqual(looked.phase, 'Failed', body)
    }
  })
}

const describeHtml = (): void => {
  it('takes a login page for no Job', async () => {
    const { looked } = await tryJob({ read: { body: '<!doctype html>\n<title>Sign in</title>' } })
    assert.ok(['Running', 'Error'].includes(looked.phase), looked.phase)
  })
}

const describeSecrets = (): void => {
  it('shows no secret of the Job, whatever the API server says about it', async () => {
    const echo = ({ body }: { readonly body: string }): Answer => refusal(422, 'Invalid', `cannot run ${body}`)
    const { begun, seen } = await tryJob({ create: echo })
    assert.ok(
      seen.some(({ body }) => body.includes(jobSecret)),
      'it was not sent: this test could not fail',
    )
    assert.match(begun.message ?? '', /--password=\*\*\*\*\*/)
    assert.ok(!JSON.stringify(begun).includes(jobSecret))
  })

  it('says which Secret or key is missing, and creates no Job', async () => {
    const missing = await tryJob({}, { secrets: {} })
    assert.deepEqual([missing.begun.phase, missing.begun.message], ['Error', 'secrets "load" not found'])
    const empty = await tryJob({}, { secrets: { 'shop/load': {} } })
    assert.equal(empty.begun.message, `key 'password' does not exist in secret 'load'`)
    assert.deepEqual([...missing.seen, ...empty.seen], [])
  })
}

const parts: Readonly<Partial<Record<ContractPart, () => void>>> = {
  'documented answers': describeAnswers,
  'refused credentials': describeRefusals,
  'throttled, in trouble': describeThrottling,
  'slow, cut off, gone': describeSlowness,
  malformed: describeRubbish,
  HTML: describeHtml,
  'secrets hidden': describeSecrets,
}

/** The contract of the job provider. It asks the API server and nobody else, and must not start a Job twice: so it waits where others fail. */
export const jobContract = {
  name: 'job',
  hidden: [jobSecret],
  exempt: {
    '10 MB': 'the API server answers, which stores no object of more than 1.5 MiB; calls have a limit of their own',
  },
} as const

/** Tests of {@link jobContract} against a server on loopback that answers as an API server. */
export const describeJobContract = (): void => {
  describe('the contract of the job provider', () => {
    for (const part of contractParts) {
      const tests = parts[part]
      if (tests !== undefined) describe(part, tests)
    }
  })
}
