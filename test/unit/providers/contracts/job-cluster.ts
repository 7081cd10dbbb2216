import assert from 'node:assert/strict'
import { clusterJobs, jobCache } from '../../../../src/analysis/cluster-jobs.ts'
import { type MeasureEnvironment, measure } from '../../../../src/analysis/measure.ts'
import type { Arrival } from '../../../../src/analysis/record.ts'
import { SecretError } from '../../../../src/analysis/secret-reader.ts'
import { KubeClient } from '../../../../src/kube/client.ts'
import { HttpTransport } from '../../../../src/kube/http-transport.ts'
import { ObjectStore } from '../../../../src/kube/store.ts'
import { type Clock, systemClock } from '../../../../src/lib/clock.ts'
import type { SecretData } from '../../../../src/providers/secret-access.ts'
import { closedHost, surroundingsOf } from '../../../../src/providers/surroundings.ts'
import { metricOf, runOf } from '../../../builders/analysis-run.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../../builders/answering-server.ts'
import { machineNet } from '../../../builders/measure-context.ts'
import { noPlugins } from '../../../builders/plugins.ts'

/** Limit of one call to the API server; the clock of these tests lets no shorter time pass. */
export const callLimitMs = 30_000

/** Time that leaps over every wait which is shorter than a call may take. */
const leapingClock = (): Clock => {
  let leaptMs = 0
  return {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + leaptMs,
    setTimer: (ms, callback) => {
      if (ms >= callLimitMs) return systemClock.setTimer(ms, callback)
      leaptMs += ms
      return systemClock.setTimer(0, callback)
    },
  }
}

/** The secret that the Job of these tests is given as an argument. */
export const jobSecret = 'password-of-a-load-test'

const run = runOf({
  args: [{ name: 'password', valueFrom: { secretKeyRef: { name: 'load', key: 'password' } } }],
  metrics: [
    metricOf({
      name: 'load-test',
      provider: {
        job: {
          spec: {
            backoffLimit: 0,
            template: {
              spec: {
                containers: [{ name: 'main', image: 'load:1', args: ['--password={{args.password}}'] }],
                restartPolicy: 'Never',
              },
            },
          },
        },
      },
    }),
  ],
})

/** Name of the Job of the first measurement. */
export const jobName = `${run.metadata.uid}.load-test.1`

/** The Job as the API server has it, with one condition or none. */
export const storedJob = (condition?: { readonly type: string; readonly message?: string }): Answer => ({
  body: JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName,
      namespace: 'shop',
      uid: 'job',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { template: {} },
    status: { conditions: condition ? [{ status: 'True', ...condition }] : [] },
  }),
})

/** A refusal as the API server writes it. */
export const refusal = (code: number, reason: string, message: string): Answer => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }),
})

/** What the API server answers: to the creation of the Job, to whoever reads it, and about its pods. */
export interface JobAnswers {
  readonly create?: Answer | ((request: SeenRequest) => Answer)
  readonly read?: Answer | ((request: SeenRequest) => Answer)
  readonly pods?: Answer
}

const answerTo = <T extends object>(answer: T | ((request: SeenRequest) => T), request: SeenRequest): T =>
  typeof answer === 'function' ? answer(request) : answer

const podList = (...items: readonly object[]): Answer => ({
  body: JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }),
})

/** Pods one of whose containers waits for such a reason. */
export const waitingPods = (reason: string, message: string): Answer =>
  podList({
    metadata: { name: 'p', namespace: 'shop', uid: 'p', resourceVersion: '1' },
    status: {
      containerStatuses: [{ name: 'main', ready: false, restartCount: 0, state: { waiting: { reason, message } } }],
    },
  })

const answering =
  ({ create, read, pods }: JobAnswers) =>
  (request: SeenRequest): Answer => {
    if (request.method === 'POST') return answerTo(create ?? { ...storedJob(), status: 201 }, request)
    return request.url.includes('/pods') ? (pods ?? podList()) : answerTo(read ?? storedJob(), request)
  }

const environmentOf = (
  address: string,
  clock: Clock,
  secrets: Readonly<Record<string, SecretData>>,
): { readonly environment: MeasureEnvironment; readonly close: () => void } => {
  const connection = { server: address, namespace: 'shop', authenticate: async () => ({ tls: {}, headers: {} }) }
  const transport = new HttpTransport({ connection, clock, userAgent: 'test' })
  const { view, indexes } = jobCache(undefined)
  const store = new ObjectStore({ view, ...(indexes && { indexes }) })
  const environment: MeasureEnvironment = {
    net: machineNet(clock),
    clock,
    jobs: clusterJobs({ store }, new KubeClient({ transport, fieldManager: 'test' })),
    config: {},
    surroundings: surroundingsOf(closedHost()),
    plugins: noPlugins,
    readSecret: async (namespace, name) =>
      secrets[`${namespace}/${name}`] ?? Promise.reject(new SecretError(`secrets "${name}" not found`)),
  }
  return { environment, close: () => transport.close() }
}

/** A measurement by a Job, and what the API server was asked for it. */
export interface JobTrial {
  readonly begun: Arrival['measurement']
  /** After one look at the Job; that of {@link begun} where there was nothing to look at. */
  readonly looked: Arrival['measurement']
  readonly seen: readonly SeenRequest[]
}

/** How a trial differs from the usual one. */
export interface JobTrialOptions {
  readonly clock?: Clock
  readonly secrets?: Readonly<Record<string, SecretData>>
  /** Called with each request that came. */
  readonly onRequest?: (request: SeenRequest) => void
  /** Whether the API server is gone when the Job is looked at. */
  readonly gone?: boolean
}

/** Starts a measurement and looks at its Job once, over HTTP, without a cache. */
export const tryJob = async (answers: JobAnswers, options: JobTrialOptions = {}): Promise<JobTrial> => {
  const { clock = leapingClock(), secrets = { 'shop/load': { password: jobSecret } }, onRequest, gone } = options
  const answer = answering(answers)
  await using server = await AnsweringServer.start((request) => {
    onRequest?.(request)
    return answer(request)
  })
  const { environment, close } = environmentOf(server.address, clock, secrets)
  try {
    const { signal } = new AbortController()
    const { measurement: begun } = await measure({ kind: 'start', metric: 'load-test' }, run, environment, signal)
    const seen = server.seen
    if (begun.phase !== 'Running') return { begun, looked: begun, seen }
    if (gone) await server.close()
    const task = { kind: 'resume', metric: 'load-test', measurement: begun } as const
    const { measurement: looked } = await measure(task, run, environment, signal)
    return { begun, looked, seen }
  } finally {
    close()
  }
}

/** The measurement waits for the end of its Job, and says how long. */
export const assertWaits = ({ phase, resumeAt, value, metadata }: Arrival['measurement']): void => {
  assert.deepEqual([phase, value, metadata?.['job-name']], ['Running', undefined, jobName])
  assert.ok(resumeAt !== undefined)
}
