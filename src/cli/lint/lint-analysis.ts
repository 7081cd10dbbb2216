import { parseAnalysisTemplateManifest, parseClusterAnalysisTemplateManifest } from '../../api/analysis-template.ts'
import { parseExperimentManifest } from '../../api/experiment.ts'
import type { Metric } from '../../api/metric.ts'
import { experimentFault, unpublishedExperimentFault } from '../../api/validation/experiment.ts'
import { conditionFaults, type KnownArgument, queryFaults } from '../../api/validation/metric-queries.ts'
import { validateMetrics } from '../../api/validation/metrics.ts'
import { followTemplateRefs } from '../../api/validation/template-references.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type Manifest, nameOf } from '../manifests.ts'
import { type Finding, finding, findings } from './finding.ts'
import { templatesBeside } from './objects-in-files.ts'

type M = DeepReadonly<Metric>

const isOpen = (value: unknown): boolean => typeof value === 'string' && value.includes('{{')

/** Settings that only an argument decides are not judged here: an interval is taken for one, a count is left out. */
const settled = (metric: M): M => {
  const decided = Object.entries(metric).flatMap(([key, value]) => {
    if (!isOpen(value) || key === 'name' || key.endsWith('Condition')) return [[key, value] as const]
    return key === 'interval' ? [[key, '1m'] as const] : []
  })
  return Object.fromEntries(decided) as unknown as M
}

/** `metrics[2]: why` is about the metric at that place. */
const metricFinding = (manifest: Manifest, fault: string): Finding => {
  const [, place, why] = /^(metrics\[\d+\]): (.*)$/s.exec(fault) ?? []
  return finding(manifest, 'analysis', place === undefined ? 'spec.metrics' : `spec.${place}`, why ?? fault)
}

/** `provider.prometheus.query is no PromQL: …` is about that field. */
const textFinding = (manifest: Manifest, index: number, fault: string): Finding => {
  const field = /^[\w.]+/.exec(fault)?.[0] ?? ''
  return finding(manifest, 'analysis', `spec.metrics[${index}].${field}`, fault)
}

const metricFindings = (manifest: Manifest, metrics: readonly M[], known: KnownArgument): Finding[] => [
  ...validateMetrics(metrics.map(settled)).map((fault) => metricFinding(manifest, fault)),
  ...metrics.flatMap((metric, index) =>
    [...queryFaults(metric, known), ...conditionFaults(metric, known)].map((fault) =>
      textFinding(manifest, index, fault),
    ),
  ),
]

/** Everything that is wrong with a template of a file: metrics, queries, conditions, and circles of templates. */
export const lintTemplate = (manifest: Manifest, all: readonly Manifest[]): Finding[] => {
  const clusterScope = manifest.object.kind === 'ClusterAnalysisTemplate'
  const parse = clusterScope ? parseClusterAnalysisTemplateManifest : parseAnalysisTemplateManifest
  const parsed = parse(manifest.object)
  if (!parsed.ok) return findings(manifest, 'schema', parsed.errors)
  const { metrics = [], args = [], templates = [] } = parsed.value.spec
  const known: KnownArgument = (name) => args.find((argument) => argument.name === name)?.value
  const own = { templateName: nameOf(manifest), clusterScope }
  const { faults } = followTemplateRefs([own], templatesBeside(manifest, all))
  return [
    // One that only includes others has no metrics of its own.
    ...(metrics.length === 0 && templates.length > 0 ? [] : metricFindings(manifest, metrics, known)),
    ...faults
      .filter((fault) => fault.includes('includes itself'))
      .map((fault) => finding(manifest, 'analysis', 'spec.templates', fault)),
  ]
}

/** Everything that is wrong with an Experiment of a file. */
export const lintExperiment = (manifest: Manifest): Finding[] => {
  const parsed = parseExperimentManifest(manifest.object)
  if (!parsed.ok) return findings(manifest, 'schema', parsed.errors)
  return [experimentFault(parsed.value), unpublishedExperimentFault(parsed.value)].flatMap((fault) =>
    fault === undefined ? [] : [finding(manifest, 'spec', 'spec', fault)],
  )
}
