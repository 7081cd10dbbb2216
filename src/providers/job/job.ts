import type { Measurement } from '../../api/analysis-run.ts'
import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Job } from '../../api/kubernetes/workloads.ts'
import { analysisRunMetricAnnotation, analysisRunUidLabel } from '../../api/labels.ts'
import type { JobMetric } from '../../api/providers/job.ts'
import { isAlreadyExists } from '../../kube/errors.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fromRfc3339, toRfc3339 } from '../../lib/rfc3339.ts'
import { isPassingError } from '../passing-error.ts'
import { errorOutcome, type MeasureContext, type Outcome, type Provider } from '../provider.ts'
import { jobManifest, jobNamespaceOf } from './job-manifest.ts'

/** Keys of a measurement's metadata. The first is the published one. */
const jobNameKey = 'job-name'
const jobNamespaceKey = 'job-namespace'
const jobFailureKey = 'job-failure'

/** Waiting reasons of a container whose image never comes: the Job would wait for ever, and nothing was learned. */
const imageFaults: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])

interface JobPlace {
  readonly namespace: string
  readonly name: string
}

/** A Job that runs for long is asked for more and more rarely: after √(2·elapsed) seconds, one at least. */
const running = (place: JobPlace, startedAt: number, now: number): Outcome => {
  const elapsedSeconds = Math.max(0, now - startedAt) / 1000
  const waitMs = Math.max(1, Math.sqrt(2 * elapsedSeconds)) * 1000
  const metadata = { [jobNameKey]: place.name, [jobNamespaceKey]: place.namespace }
  return { phase: 'Running', metadata, resumeAt: toRfc3339(now + waitMs) }
}

const placeOf = (measurement: DeepReadonly<Measurement>, context: MeasureContext): JobPlace | undefined => {
  const name = measurement.metadata?.[jobNameKey]
  if (name === undefined) return undefined
  return { name, namespace: measurement.metadata?.[jobNamespaceKey] ?? jobNamespaceOf(context) }
}

/**
 * How a Job ended by itself. Why it failed is kept as metadata: the published measurement has no message then, and the one
 * of the release, which scripts compare, is made of it.
 */
const endedAs = (job: DeepReadonly<Job>, metadata: Record<string, string> = {}): Outcome | undefined => {
  const holds = (type: string) => job.status?.conditions?.find((one) => one.type === type && one.status === 'True')
  if (holds('Complete') !== undefined) return { phase: 'Successful', metadata }
  const failed = holds('Failed')
  if (failed === undefined) return undefined
  return { phase: 'Failed', metadata: { ...metadata, ...(failed.message && { [jobFailureKey]: failed.message }) } }
}

const imageFaultOf = (pods: readonly DeepReadonly<Pod>[]): string | undefined => {
  for (const pod of pods) {
    const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    for (const { name, state } of containers) {
      const { reason = '', message = '' } = state?.waiting ?? {}
      if (imageFaults.has(reason)) return `container ${name} waits: ${reason}${message === '' ? '' : `: ${message}`}`
    }
  }
  return undefined
}

const errorMessage = (error: unknown): Pick<Outcome, 'message'> =>
  error instanceof Error ? { message: error.message } : {}

const start = async (spec: DeepReadonly<JobMetric>, context: MeasureContext): Promise<Outcome> => {
  const { jobs, clock, run } = context
  const job = jobManifest(spec, context)
  const place = { namespace: jobNamespaceOf(context), name: job.metadata.name }
  const now = clock.now()
  try {
    await jobs.create(job)
  } catch (error) {
    // Without an answer, or with one of a server in trouble, the Job may or may not be there: the next look at it tells.
    if (isPassingError(error)) return { ...running(place, now, now), ...errorMessage(error) }
    if (!isAlreadyExists(error)) throw error
    const existing = await jobs.read(place.namespace, place.name)
    if (existing?.metadata.labels?.[analysisRunUidLabel] !== run.metadata.uid) throw error
  }
  return running(place, now, now)
}

const lost: Outcome = { phase: 'Error', message: 'the measurement does not name its Job' }

const resume = async (measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome> => {
  const { jobs, clock } = context
  const place = placeOf(measurement, context)
  if (place === undefined) return lost
  const metadata = { [jobNameKey]: place.name, [jobNamespaceKey]: place.namespace }
  const job = jobs.cached(place.namespace, place.name) ?? (await jobs.read(place.namespace, place.name))
  if (job === undefined) return { phase: 'Error', message: `jobs.batch "${place.name}" not found`, metadata }
  const ended = endedAs(job, metadata)
  if (ended !== undefined) return ended
  const fault = imageFaultOf(await jobs.pods(place.namespace, place.name))
  if (fault !== undefined) return { phase: 'Inconclusive', message: fault, metadata }
  return running(place, fromRfc3339(measurement.startedAt) ?? clock.now(), clock.now())
}

/** Tries of a deletion, with pauses of 1, 2, 4 and 8 s between them. */
const deletionTries = 5

/** Nobody looks at a Job again whose run has ended: while the API server is away, its deletion is tried again. */
const persistently = async <T>(work: () => Promise<T>, { clock, signal }: MeasureContext): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === deletionTries || !isPassingError(error)) throw error
      await clock.sleep(2 ** (attempt - 1) * 1000, signal)
    }
  }
}

/** A Job that has ended by itself is judged; one that must be stopped proves nothing. */
const terminate = async (measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome> => {
  const { jobs } = context
  const place = placeOf(measurement, context)
  if (place === undefined) return lost
  const metadata = { [jobNameKey]: place.name, [jobNamespaceKey]: place.namespace }
  const job = await jobs.read(place.namespace, place.name)
  const ended = job && endedAs(job, metadata)
  if (ended !== undefined) return ended
  if (job !== undefined) await jobs.delete(place.namespace, place.name, job.metadata.uid)
  return { phase: 'Inconclusive', message: 'The Job was deleted before it ended', metadata }
}

const byAge = (a: DeepReadonly<Job>, b: DeepReadonly<Job>): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1

const collectGarbage = async (limit: number, { jobs, run, metric }: MeasureContext): Promise<void> => {
  const own = jobs
    .ofRun(run.metadata.uid)
    .filter((job) => job.metadata.annotations?.[analysisRunMetricAnnotation] === metric.name)
  const superfluous = [...own].sort(byAge).slice(0, Math.max(0, own.length - limit))
  for (const job of superfluous) {
    if (endedAs(job) === undefined) continue
    await jobs.delete(job.metadata.namespace ?? 'default', job.metadata.name, job.metadata.uid)
  }
}

const orError = async (
  outcome: Promise<Outcome>,
  metadata?: DeepReadonly<Measurement>['metadata'],
): Promise<Outcome> => {
  try {
    return await outcome
  } catch (error) {
    return errorOutcome(error, metadata && { ...metadata })
  }
}

/** An API server that is away for a moment says nothing about the Job: an error here would start a second one. */
const resumeOrWait = async (measurement: DeepReadonly<Measurement>, context: MeasureContext): Promise<Outcome> => {
  try {
    return await resume(measurement, context)
  } catch (error) {
    const place = placeOf(measurement, context)
    if (place === undefined || !isPassingError(error)) throw error
    const now = context.clock.now()
    return running(place, fromRfc3339(measurement.startedAt) ?? now, now)
  }
}

/** Runs a Job: it completes, and the measurement is successful; or it fails. Conditions are not asked. */
export const job: Provider<JobMetric> = {
  name: 'job',
  typeName: 'Job',
  handles: [jobNameKey, jobNamespaceKey],
  specOf: (provider) => provider.job,
  start: (spec, context) => orError(start(spec, context)),
  resume: (_, measurement, context) => orError(resumeOrWait(measurement, context), measurement.metadata),
  terminate: (_, measurement, context) =>
    orError(
      persistently(() => terminate(measurement, context), context),
      measurement.metadata,
    ),
  collectGarbage: (_, limit, context) => collectGarbage(limit, context),
  isReady: (measurement, jobs) => {
    const { [jobNameKey]: name, [jobNamespaceKey]: namespace } = measurement.metadata ?? {}
    const cached = name === undefined ? undefined : jobs.cached(namespace ?? '', name)
    return cached !== undefined && endedAs(cached) !== undefined
  },
}
