import { z } from 'zod'
import { analysisRunFromTemplates } from '../../../src/analysis/new-run.ts'
import type { Argument } from '../../../src/api/analysis-template.ts'
import type { Metric } from '../../../src/api/metric.ts'
import type { DryRun, MeasurementRetention } from '../../../src/api/rollout-analysis.ts'
import type { TemplateContent } from '../../../src/api/validation/analysis-templates.ts'
import { resolveMetricArgs } from '../../../src/api/validation/metric-args.ts'
import { validateMetrics } from '../../../src/api/validation/metrics.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

/** Go writes empty structs, empty texts and nil lists where nothing was given: they mean nothing. Keys are sorted. */
const meaningOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(meaningOf)
  if (!isJsonObject(value)) return value
  const members = Object.keys(value)
    .sort()
    .map((key): [string, unknown] => [key, meaningOf(value[key])])
  return Object.fromEntries(members.filter(([, member]) => !isNothing(member)))
}

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0)

const metricCase = z.object({
  id: z.string(),
  metrics: z.array(z.custom<Metric>()).nullish(),
  error: z.string().optional(),
})

/** The rules for metrics; the published controller names the first fault only. */
export const metricValidationSuite: Suite = {
  name: 'validation of metrics',
  file: 'validation.json',
  run: (oracle: JsonObject) =>
    runCases(
      z.object({ metrics: z.array(metricCase) }).parse(oracle).metrics,
      ({ metrics, error }) => compareAnswers(error ?? null, validateMetrics(metrics ?? [])[0] ?? null),
      new Map(),
    ),
}

const templateCase = z.object({
  id: z.string(),
  templates: z.array(z.custom<TemplateContent>()),
  clusterTemplates: z.array(z.custom<TemplateContent>()),
  args: z.array(z.custom<Argument>()),
  dryRun: z.array(z.custom<DryRun>()),
  measurementRetention: z.array(z.custom<MeasurementRetention>()),
  runSpec: z.unknown().optional(),
  error: z.string().optional(),
})

/** Runs made of templates and arguments. */
export const templateMergeSuite: Suite = {
  name: 'runs from templates',
  file: 'validation.json',
  run: (oracle: JsonObject) =>
    runCases(
      z.object({ analysisRunFromTemplates: z.array(templateCase) }).parse(oracle).analysisRunFromTemplates,
      ({ runSpec, error, id: _, ...input }) => {
        const made = analysisRunFromTemplates({ ...input, name: 'r', namespace: 'n' })
        const got = made.ok ? { spec: meaningOf(made.run.spec) } : { error: made.error }
        return compareAnswers(error === undefined ? { spec: meaningOf(runSpec) } : { error }, got)
      },
      new Map(),
    ),
}

const argumentCase = z.object({
  id: z.string(),
  metric: z.custom<Metric>(),
  args: z.array(z.custom<Argument>()),
  result: z.unknown().optional(),
  error: z.string().optional(),
})

const resolve = (metric: Metric, args: readonly Argument[]): unknown => {
  try {
    return { result: meaningOf(resolveMetricArgs(metric, args)) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : error }
  }
}

const hasOpenTag = (metric: Metric): boolean =>
  /\{\{(?!.*?\}\})[^"]*"/s.test(JSON.stringify(metric).replace(/\}\}[^"]*$/, '"'))

const controlCharacters =
  'an argument may hold any character: the published controller fails on control characters, since it does not write JSON'
const openTag =
  'an unterminated {{ ends with the text that holds it: the published controller reads on into the JSON of other fields'

/** Arguments in metrics. */
export const metricArgumentSuite: Suite = {
  name: 'arguments in metrics',
  file: 'validation.json',
  run: (oracle: JsonObject) => {
    const cases = z.object({ resolveMetricArgs: z.array(argumentCase) }).parse(oracle).resolveMetricArgs
    const reasonOf = ({ metric, error = '' }: z.infer<typeof argumentCase>): string | undefined => {
      if (/invalid character/.test(error)) return controlCharacters
      return /^failed to resolve/.test(error) && hasOpenTag(metric) ? openTag : undefined
    }
    return runCases(
      cases,
      ({ metric, args, result, error }) =>
        compareAnswers(error === undefined ? { result: meaningOf(result) } : { error }, resolve(metric, args)),
      new Map(
        cases.flatMap((one) => {
          const reason = reasonOf(one)
          return reason === undefined ? [] : [[one.id, reason] as const]
        }),
      ),
    )
  },
}
