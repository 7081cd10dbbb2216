import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Measurement } from '../../../src/api/analysis-run.ts'
import type { Pod } from '../../../src/api/kubernetes/pod.ts'
import type { Job } from '../../../src/api/kubernetes/workloads.ts'
import { analysisRunMetricAnnotation, analysisRunUidLabel } from '../../../src/api/labels.ts'
import { KubeError, NetworkError } from '../../../src/kube/errors.ts'
import type { JobAccess, NewJob } from '../../../src/providers/job/job-access.ts'
import { jobManifest, jobNameOf } from '../../../src/providers/job/job-manifest.ts'
import type { MeasureContext, Outcome } from '../../../src/providers/provider.ts'
import { providerOf } from '../../../src/providers/registry.ts'
import { after, metricOf, runOf } from '../../builders/analysis-run.ts'
import { noJobs } from '../../builders/job-access.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { measureContext } from '../../builders/measure-context.ts'

const uid = runOf().metadata.uid
const metric = metricOf({
  name: 'load-test',
  provider: {
    job: { metadata: { labels: { team: 'a' } }, spec: { template: { spec: { containers: [{ name: 'main' }] } } } },
  },
})
const name = `${uid}.load-test.1`
const call = { method: 'GET', path: '/' }

const storedJob = (condition?: { type: string; message?: string }, over: Partial<Job['metadata']> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name,
    namespace: 'shop',
    uid: 'job',
    resourceVersion: '1',
    creationTimestamp: after(0),
    labels: { [analysisRunUidLabel]: uid },
    annotations: { [analysisRunMetricAnnotation]: 'load-test' },
    ...over,
  },
  spec: { template: {} },
  status: { conditions: condition ? [{ status: 'True', ...condition }] : [] },
})

const context = (jobs: Partial<JobAccess>, over: Partial<MeasureContext> = {}): MeasureContext =>
  measureContext(metric, { jobs: { ...noJobs, ...jobs }, clock: new ManualClock(), ...over })

const provider = providerOf(metric.provider) ?? assert.fail('there is no provider for Jobs')
const waiting: Measurement = {
  phase: 'Running',
  startedAt: after(0),
  metadata: { 'job-name': name, 'job-namespace': 'shop' },
}
const resume = (jobs: Partial<JobAccess>, over: Partial<MeasureContext> = {}): Promise<Outcome> =>
  provider.resume(waiting, context(jobs, over))

describe('the Job of a measurement', () => {
  it('has a name that is the same at every try, and tells long and strange metric names apart', () => {
    assert.equal(jobNameOf(uid, 'load-test', 2), `${uid}.load-test.2`)
    const long = jobNameOf(uid, 'A metric with a Very Long name, part 1', 12)
    assert.match(long, /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/)
    assert.ok(long.length <= 63)
    assert.notEqual(long, jobNameOf(uid, 'A metric with a Very Long name, part 2', 12))
  })

  it('belongs to the run, and can be found by it, as can its pods', () => {
    const job = jobManifest(metric.provider.job ?? assert.fail(), context({}))
    assert.deepEqual(job.metadata.labels, { team: 'a', [analysisRunUidLabel]: uid })
    assert.deepEqual(job.spec.template.metadata?.labels, { [analysisRunUidLabel]: uid })
    assert.equal(job.metadata.ownerReferences?.[0]?.uid, uid)
  })

  it('has no owner in another namespace', () => {
    const job = jobManifest(metric.provider.job ?? assert.fail(), context({}, { config: { jobNamespace: 'jobs' } }))
    assert.equal(job.metadata.namespace, 'jobs')
    assert.equal(job.metadata.ownerReferences, undefined)
  })
})

describe('the job provider', () => {
  const started = { phase: 'Running', metadata: waiting.metadata, resumeAt: after(1) }

  it('creates the Job and waits', async () => {
    const created: NewJob[] = []
    assert.deepEqual(await provider.start(context({ create: async (job) => void created.push(job) })), started)
    assert.deepEqual(
      created.map(({ metadata }) => metadata.name),
      [name],
    )
  })

  const exists = async (): Promise<void> => {
    throw new KubeError({ code: 409, reason: 'AlreadyExists' }, call)
  }

  it('takes up the Job that it made before a restart, but not one of somebody else', async () => {
    assert.deepEqual(await provider.start(context({ create: exists, read: async () => storedJob() })), started)
    const other = storedJob(undefined, { labels: {} })
    assert.equal((await provider.start(context({ create: exists, read: async () => other }))).phase, 'Error')
  })

  it('waits for a Job whose creation was not answered', async () => {
    const create = async (): Promise<void> => {
      throw new NetworkError(call, new Error('reset'))
    }
    const message = 'GET /: reset'
    assert.deepEqual(await provider.start(context({ create })), { ...started, message })
  })

  it('says what the server has against the Job', async () => {
    const create = async (): Promise<void> => {
      throw new KubeError({ code: 422, reason: 'Invalid', message: 'spec.template: Required value' }, call)
    }
    assert.match((await provider.start(context({ create }))).message ?? '', /spec.template: Required value/)
  })

  it('tells how the Job ended', async () => {
    assert.equal((await resume({ cached: () => storedJob({ type: 'Complete' }) })).phase, 'Successful')
    const failed = await resume({ cached: () => storedJob({ type: 'Failed', message: 'BackoffLimitExceeded' }) })
    const { phase, message, metadata } = failed
    assert.deepEqual([phase, message, metadata?.['job-failure']], ['Failed', undefined, 'BackoffLimitExceeded'])
  })

  it('asks more and more rarely while the Job runs', async () => {
    const clock = new ManualClock()
    await clock.advance(200_000)
    assert.equal((await resume({ cached: () => storedJob() }, { clock })).resumeAt, after(220))
  })

  it('learns nothing from a Job whose image never comes', async () => {
    const state = { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }
    const pod = { status: { containerStatuses: [{ name: 'main', ready: false, restartCount: 0, state }] } } as Pod
    const outcome = await resume({ cached: () => storedJob(), pods: async () => [pod] })
    assert.deepEqual(
      [outcome.phase, outcome.message],
      ['Inconclusive', 'container main waits: ImagePullBackOff: no such image'],
    )
  })

  it('makes an error of a Job that is gone, and waits when the API server is', async () => {
    assert.deepEqual(
      [(await resume({})).phase, (await resume({})).message],
      ['Error', `jobs.batch "${name}" not found`],
    )
    const read = async (): Promise<undefined> => {
      throw new KubeError({ code: 503 }, call)
    }
    assert.equal((await resume({ read })).phase, 'Running')
  })

  it('deletes the Job when the run ends early, which is no success, unless it had ended', async () => {
    const deleted: string[] = []
    const remove = async (_: string, job: string): Promise<void> => void deleted.push(job)
    const stopped = await provider.terminate(waiting, context({ read: async () => storedJob(), delete: remove }))
    assert.equal(stopped.phase, 'Inconclusive')
    assert.deepEqual(deleted, [name])
    const ended = await provider.terminate(
      waiting,
      context({ read: async () => storedJob({ type: 'Complete' }), delete: remove }),
    )
    assert.equal(ended.phase, 'Successful')
    assert.equal(deleted.length, 1)
  })

  it('tries again to delete the Job while the API server is away', async () => {
    const clock = new ManualClock()
    let tries = 0
    const remove = async (): Promise<void> => {
      tries++
      if (tries < 3) throw new KubeError({ code: 503 }, call)
    }
    const stopped = provider.terminate(waiting, context({ read: async () => storedJob(), delete: remove }, { clock }))
    await clock.advance(3000)
    assert.equal((await stopped).phase, 'Inconclusive')
    assert.equal(tries, 3)
  })

  it('removes finished Jobs beyond the newest', async () => {
    const job = (n: number, condition?: { type: string }) =>
      storedJob(condition, { name: `j${n}`, creationTimestamp: after(n) })
    const deleted: string[] = []
    const jobs = {
      ofRun: () => [job(3, { type: 'Complete' }), job(1, { type: 'Complete' }), job(2)],
      delete: async (_: string, gone: string): Promise<void> => void deleted.push(gone),
    }
    await provider.collectGarbage(1, context(jobs))
    assert.deepEqual(deleted, ['j1'])
  })

  it('is ready as soon as the cache shows the end', () => {
    assert.equal(provider.isReady(waiting, { ...noJobs, cached: () => storedJob({ type: 'Complete' }) }), true)
    assert.equal(provider.isReady(waiting, { ...noJobs, cached: () => storedJob() }), false)
  })
})
