import { z } from 'zod'
import { decide } from '../../../src/analysis/decide.ts'
import type { RunEffect, RunPlan } from '../../../src/analysis/plan.ts'
import type { Arrival } from '../../../src/analysis/record.ts'
import type { Task } from '../../../src/analysis/schedule.ts'
import type { AnalysisRun, Measurement, MetricResult } from '../../../src/api/analysis-run.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { toRfc3339 } from '../../../src/lib/rfc3339.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const answerSchema = z.object({
  phase: z.string(),
  message: z.string().optional(),
  value: z.string().optional(),
  resumeInSeconds: z.number().optional(),
})

const stepSchema = z.object({
  advanceSeconds: z.number(),
  setTerminate: z.boolean().optional(),
  phase: z.string(),
  message: z.string().optional(),
  enqueueAfterSeconds: z.number().nullable(),
  providerCalls: z.array(z.string()),
  events: z.array(z.string()),
  metricResults: z.array(z.custom<MetricResult>()),
  runSummary: z.record(z.string(), z.number()).nullish(),
  dryRunSummary: z.record(z.string(), z.number()).nullish(),
  completedAtSet: z.boolean(),
})

const sequenceSchema = z.object({
  id: z.string(),
  spec: z.custom<AnalysisRun['spec']>(),
  scripts: z.record(z.string(), z.array(answerSchema)),
  steps: z.array(stepSchema),
})

type Sequence = z.infer<typeof sequenceSchema>

const begin = Date.parse('2024-03-04T05:06:07Z')

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

/** A provider that answers by a script; beyond its end it is content. */
class ScriptedProvider {
  readonly calls: string[] = []
  readonly #scripts: Sequence['scripts']
  readonly #used = new Map<string, number>()

  constructor(scripts: Sequence['scripts']) {
    this.#scripts = scripts
  }

  answer(task: Task, now: number): Arrival {
    const position = this.#used.get(task.metric) ?? 0
    this.#used.set(task.metric, position + 1)
    this.calls.push(`${task.kind === 'start' ? 'run' : task.kind}:${task.metric}`)
    const answer = this.#scripts[task.metric]?.[position] ?? { phase: 'Successful', value: 'default' }
    const stopped = task.kind === 'terminate' && answer.phase === 'Successful'
    const startedAt = task.kind === 'start' ? toRfc3339(now) : task.measurement.startedAt
    const measurement = {
      phase: answer.phase,
      ...(answer.value !== undefined && { value: answer.value }),
      ...(stopped ? { message: 'Metric Terminated' } : answer.message !== undefined && { message: answer.message }),
      startedAt,
      ...(answer.phase !== 'Running' && { finishedAt: toRfc3339(now) }),
      ...(answer.resumeInSeconds !== undefined && { resumeAt: toRfc3339(now + answer.resumeInSeconds * 1000) }),
    } as Measurement
    return { kind: task.kind, measurement }
  }
}

const isMeasure = (effect: RunEffect): effect is RunEffect & { type: 'measure' } => effect.type === 'measure'

/** What the published controller does in one pass: ask, wait for the answers, judge. */
const pass = (run: AnalysisRun, provider: ScriptedProvider, now: number): { plan: RunPlan; events: string[] } => {
  const still = {
    run,
    now,
    inFlight: new Map<string, { lasting: boolean }>(),
    ready: new Set<string>(),
    refuse: () => undefined,
  }
  const asked = decide({ ...still, arrivals: new Map() })
  const tasks = asked.effects.filter(isMeasure).map(({ task }) => task)
  const arrivals = new Map(tasks.map((task) => [task.metric, provider.answer(task, now)]))
  const events = asked.events.map(({ reason }) => reason)
  if (arrivals.size === 0) return { plan: asked, events }
  const judged = decide({ ...still, run: withStatus(run, asked), arrivals })
  return { plan: judged, events: [...events, ...judged.events.map(({ reason }) => reason)] }
}

const withStatus = (run: AnalysisRun, { status }: RunPlan): AnalysisRun => ({
  ...run,
  status: status as NonNullable<AnalysisRun['status']>,
})

const inSpecOrder = (results: readonly MetricResult[], spec: AnalysisRun['spec']): readonly MetricResult[] => {
  const order = spec.metrics.map(({ name }) => name)
  return [...results].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

const expectedOf = (step: z.infer<typeof stepSchema>): unknown => ({
  phase: step.phase,
  message: step.message ?? '',
  // A run that has ended need not be looked at again; the published controller schedules an idle pass at times.
  wake: step.completedAtSet ? null : step.enqueueAfterSeconds,
  calls: step.providerCalls,
  events: step.events,
  results: step.metricResults,
  runSummary: step.runSummary ?? {},
  dryRunSummary: step.dryRunSummary ?? {},
  completed: step.completedAtSet,
})

const play = ({ spec, scripts, steps }: Sequence): { expected: unknown; got: unknown } => {
  const provider = new ScriptedProvider(scripts)
  let now = begin
  const metadata = { name: 'r', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: toRfc3339(begin) }
  let run: AnalysisRun = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata, spec }
  const got = steps.map((step) => {
    now += step.advanceSeconds * 1000
    if (step.setTerminate) run = { ...run, spec: { ...run.spec, terminate: true } }
    provider.calls.length = 0
    const { plan, events } = pass(run, provider, now)
    run = withStatus(run, plan)
    const { status } = run
    return {
      phase: status?.phase,
      message: status?.message ?? '',
      wake: plan.wakeAt === undefined ? null : Math.max(0, Math.round((plan.wakeAt - now) / 1000)),
      calls: [...provider.calls].sort(),
      events,
      results: inSpecOrder(status?.metricResults ?? [], spec),
      runSummary: status?.runSummary ?? {},
      dryRunSummary: status?.dryRunSummary ?? {},
      completed: status?.completedAt !== undefined,
    }
  })
  return { expected: sorted(steps.map(expectedOf)), got: sorted(got) }
}

const completedAt =
  'a run that ends because its spec is unusable has completedAt, so that its time to live counts; the published controller keeps it for ever'

const endsBySpec = ({ steps }: Sequence): boolean =>
  steps.some(
    ({ phase, message = '' }) => phase === 'Error' && /^(Unable to resolve|Analysis spec invalid)/.test(message),
  )

/** Whole lives of runs, pass by pass, with a scripted provider. */
export const analysisSequenceSuite: Suite = {
  name: 'analysis sequences',
  file: 'analysis.json',
  run: (oracle: JsonObject) => {
    const { sequences } = z.object({ sequences: z.array(sequenceSchema) }).parse(oracle)
    return runCases(
      sequences,
      (sequence) => {
        const { expected, got } = play(sequence)
        return compareAnswers(expected, got)
      },
      new Map(sequences.filter(endsBySpec).map(({ id }) => [id, completedAt])),
    )
  },
}
