import type { AnalysisRun, Measurement } from '../api/analysis-run.ts'
import { errorRetrySeconds } from '../api/defaults.ts'
import type { Metric } from '../api/metric.ts'
import { isCompleted } from '../api/phases.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { BoundProvider } from '../providers/bound-provider.ts'
import { isPassingError } from '../providers/passing-error.ts'
import { errorOutcome, type MeasureContext, type Outcome } from '../providers/provider.ts'
import { providerOf, refuseMetric } from '../providers/registry.ts'
import { type ReadSecretKey, resolveMetric } from './arguments.ts'
import { countingMetric, isWaiting, type Waiting, withNoDataPolicy, withoutEnoughRequests } from './guards.ts'
import { hidingSecrets } from './hiding-secrets.ts'
import { shownOutcome, shownTexts } from './measurement-text.ts'
import type { Arrival } from './record.ts'
import type { Task } from './schedule.ts'
import { type ReadSecret, readSecretKey } from './secret-reader.ts'

/** What a measurement needs besides the run and its task. */
export type MeasureEnvironment = Pick<
  MeasureContext,
  'net' | 'clock' | 'jobs' | 'config' | 'surroundings' | 'plugins'
> & {
  readonly readSecret: ReadSecret
}

const metricOf = (run: DeepReadonly<AnalysisRun>, name: string): DeepReadonly<Metric> => {
  const metric = run.spec.metrics.find((one) => one.name === name)
  if (metric === undefined) throw new Error(`the run has no metric ${name} any more`)
  return metric
}

/** Counts tries of a metric, so that the same try has the same number after a restart. */
const ordinalOf = (run: DeepReadonly<AnalysisRun>, name: string): number => {
  const result = run.status?.metricResults?.find((one) => one.name === name)
  return (result?.count ?? 0) + (result?.error ?? 0) + 1
}

/** Since when this measurement has been tried. */
const waitingOf = (task: Task, { clock }: MeasureContext): Waiting => {
  const startedAt = task.kind === 'start' ? undefined : task.measurement.startedAt
  return { since: startedAt === undefined ? clock.now() : Date.parse(startedAt), now: clock.now() }
}

/** Asks how many requests there were, where a verdict needs some: what is left to say when there were too few. */
const tooFewRequests = async (context: MeasureContext, waiting: Waiting): Promise<Outcome | undefined> => {
  const { minimumRequests } = context.metric
  if (minimumRequests === undefined) return undefined
  const metric = countingMetric(context.metric, minimumRequests)
  const counted = await providerOf(metric.provider)?.start({ ...context, metric })
  return counted && withoutEnoughRequests(minimumRequests, counted, waiting)
}

/** Takes a measurement from its beginning, unless there is nothing yet that is worth measuring. */
const begin = async (provider: BoundProvider, task: Task, context: MeasureContext): Promise<Outcome> => {
  const waiting = waitingOf(task, context)
  const early = await tooFewRequests(context, waiting)
  return early ?? withNoDataPolicy(context.metric, await provider.start(context), waiting)
}

const ask = async (provider: BoundProvider, task: Task, context: MeasureContext): Promise<Outcome> => {
  if (task.kind === 'start' || (task.kind === 'resume' && isWaiting(task.measurement))) {
    return begin(provider, task, context)
  }
  if (task.kind === 'terminate') return provider.terminate(task.measurement, context)
  return withNoDataPolicy(context.metric, await provider.resume(task.measurement, context), waitingOf(task, context))
}

const stopped = (task: Task, outcome: Outcome): Outcome =>
  task.kind === 'terminate' && outcome.phase === 'Successful' ? { ...outcome, message: 'Metric Terminated' } : outcome

const measurementOf = (task: Task, outcome: Outcome, startedAt: string, now: number): Measurement => {
  const { phase, value, message, metadata, resumeAt } = stopped(task, outcome)
  const began = task.kind === 'start' ? startedAt : (task.measurement.startedAt ?? startedAt)
  const later = resumeAt ?? toRfc3339(now + errorRetrySeconds * 1000)
  return {
    phase,
    ...(value && { value }),
    ...(message && { message }),
    ...(metadata && { metadata }),
    startedAt: began,
    ...(isCompleted(phase) ? { finishedAt: toRfc3339(now) } : { resumeAt: later }),
  }
}

const contextOf = (
  { net, clock, jobs, config, surroundings, plugins }: MeasureEnvironment,
  rest: Pick<MeasureContext, 'run' | 'metric' | 'ordinal' | 'signal' | 'secrets'>,
): MeasureContext => ({ net, clock, jobs, config, surroundings, plugins, ...rest })

/** Takes a measurement whose arguments are in place, and removes its secrets from everything that it says. */
const measureResolved = async (
  task: Task,
  run: DeepReadonly<AnalysisRun>,
  environment: MeasureEnvironment,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; metadata: Record<string, string> | undefined }> => {
  const namespace = run.metadata.namespace ?? 'default'
  const read: ReadSecretKey = (secret) => readSecretKey(environment.readSecret, namespace, secret)
  const resolved = await resolveMetric(run, metricOf(run, task.metric), read)
  const { metric } = resolved
  const provider = providerOf(metric.provider)
  if (provider === undefined) return { outcome: errorOutcome(refuseMetric(metric)), metadata: undefined }
  const { access: secrets, redact } = hidingSecrets(environment.readSecret, resolved.secrets)
  const context = contextOf(environment, { run, metric, ordinal: ordinalOf(run, task.metric), signal, secrets })
  const outcome = await ask(provider, task, context).catch((error: unknown) => errorOutcome(error))
  const metadata = { ...provider.metadata, ...outcome.metricMetadata }
  return { outcome: shownOutcome(outcome, redact, provider.handles), metadata: shownTexts(metadata, redact) }
}

/** Arguments that cannot be read for a moment say nothing about a measurement that is under way. */
const unresolved = (task: Task, error: unknown, now: number): Outcome => {
  if (task.kind !== 'resume' || !isPassingError(error)) return errorOutcome(error)
  const { value, metadata } = task.measurement
  const resumeAt = toRfc3339(now + errorRetrySeconds * 1000)
  return {
    phase: 'Running',
    resumeAt,
    ...(value !== undefined && { value }),
    ...(metadata && { metadata: { ...metadata } }),
  }
}

/**
 * Does one task of a run: reads the secrets, asks the provider, and returns the measurement as it may be shown. Never rejects: what goes
 * wrong is an Error measurement that says so.
 */
export const measure = async (
  task: Task,
  run: DeepReadonly<AnalysisRun>,
  environment: MeasureEnvironment,
  signal: AbortSignal,
): Promise<Arrival> => {
  const startedAt = toRfc3339(environment.clock.now())
  try {
    const { outcome, metadata } = await measureResolved(task, run, environment, signal)
    return { kind: task.kind, measurement: measurementOf(task, outcome, startedAt, environment.clock.now()), metadata }
  } catch (error) {
    const outcome = unresolved(task, error, environment.clock.now())
    return { kind: task.kind, measurement: measurementOf(task, outcome, startedAt, environment.clock.now()) }
  }
}

/** Lets the provider of a metric remove what measurements beyond the newest `limit` left behind. Throws what the API server's client throws. */
export const collectGarbage = async (
  run: DeepReadonly<AnalysisRun>,
  name: string,
  limit: number,
  environment: MeasureEnvironment,
): Promise<void> => {
  const metric = metricOf(run, name)
  const { signal } = new AbortController()
  const { access: secrets } = hidingSecrets(environment.readSecret, [])
  const context = contextOf(environment, { run, metric, ordinal: 0, signal, secrets })
  await providerOf(metric.provider)?.collectGarbage(limit, context)
}
