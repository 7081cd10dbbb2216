import type { AnalysisTemplate } from '../api/analysis-template.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { providerTypeOf } from '../providers/registry.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { TemplateCaches } from './template-caches.ts'

const labels = ['namespace', 'name'] as const

type Template = Pick<DeepReadonly<AnalysisTemplate>, 'metadata' | 'spec'>

const all = function* (caches: TemplateCaches): Generator<Template> {
  yield* caches.analysisTemplates.store.list()
  yield* caches.clusterAnalysisTemplates?.store.list() ?? []
}

const named = ({ metadata }: Template) => ({ namespace: metadata.namespace ?? '', name: metadata.name })

/** The published metrics of templates; those with cluster scope have an empty namespace. Computed when they are read. */
export const defineTemplateMetrics = (metrics: Metrics, caches: TemplateCaches): void => {
  metrics.observed({ name: 'analysis_template_info', help: 'Templates of analyses.', labels }, function* () {
    for (const template of all(caches)) yield { labels: named(template), value: 1 }
  })
  metrics.observed(
    {
      name: 'analysis_template_metric_info',
      help: 'Metrics of templates, and their providers.',
      labels: [...labels, 'type', 'metric'],
    },
    function* () {
      for (const template of all(caches)) {
        for (const { name: metric, provider } of template.spec.metrics ?? []) {
          yield { labels: { ...named(template), type: providerTypeOf(provider), metric }, value: 1 }
        }
      }
    },
  )
}
