import type { AnalysisTemplate, ClusterAnalysisTemplate } from '../api/analysis-template.ts'
import { templateMetricFaults } from '../api/validation/metric-faults.ts'
import { followTemplateRefs } from '../api/validation/template-references.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { refuseMetric } from '../providers/registry.ts'
import { type TemplateCaches, templatesIn } from './template-caches.ts'

type Template = DeepReadonly<AnalysisTemplate | ClusterAnalysisTemplate>

/** The API server takes no longer message of an event. */
const longestMessage = 1024

const shorten = (text: string): string =>
  text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 1).toWellFormed()}…`

/** What is told of a template that can never be measured, whoever uses it; undefined when nothing is known against it. */
export const templateRefusal = (template: Template, caches: TemplateCaches): KubeEvent | undefined => {
  const { name, namespace } = template.metadata
  const own = { templateName: name, clusterScope: template.kind === 'ClusterAnalysisTemplate' }
  const { circles } = followTemplateRefs([own], templatesIn(caches, namespace))
  const faults = [...circles, ...templateMetricFaults(template, [], refuseMetric)]
  if (faults.length === 0) return undefined
  return { type: 'Warning', reason: 'InvalidTemplate', message: shorten(faults.join('; ')) }
}

/**
 * Tells of templates that can never be measured as soon as they are there, by an event on the template: without it nobody would know before
 * a release asks for it. Each state of a template is told once.
 */
export class TemplateReview {
  readonly #caches: TemplateCaches
  readonly #events: Pick<EventRecorder, 'record'>
  /** What was told last, by uid of the template. */
  readonly #told = new Map<string, string>()
  #started = false

  constructor(caches: TemplateCaches, events: Pick<EventRecorder, 'record'>) {
    this.#caches = caches
    this.#events = events
    for (const cache of [caches.analysisTemplates, caches.clusterAnalysisTemplates]) {
      cache?.onChange(({ type, object }) => {
        if (type === 'deleted') this.#told.delete(object.metadata.uid)
        else if (this.#started) this.#review(object)
      })
    }
  }

  /** Looks at all templates, and from now on at each that changes. The caches must be synced. */
  start(): void {
    this.#started = true
    const { analysisTemplates, clusterAnalysisTemplates } = this.#caches
    for (const template of analysisTemplates.store.list()) this.#review(template)
    for (const template of clusterAnalysisTemplates?.store.list() ?? []) this.#review(template)
  }

  #review(template: Template): void {
    const { apiVersion, kind, metadata } = template
    const { name, namespace, uid, resourceVersion } = metadata
    const refusal = templateRefusal(template, this.#caches)
    const message = refusal?.message ?? ''
    if ((this.#told.get(uid) ?? '') === message) return
    this.#told.set(uid, message)
    if (refusal !== undefined) this.#events.record({ apiVersion, kind, namespace, name, uid, resourceVersion }, refusal)
  }
}
