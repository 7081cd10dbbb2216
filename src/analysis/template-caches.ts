import {
  type AnalysisTemplate,
  type ClusterAnalysisTemplate,
  parseAnalysisTemplate,
  parseClusterAnalysisTemplate,
} from '../api/analysis-template.ts'
import { formatFieldError } from '../api/field-error.ts'
import type { Parsed } from '../api/parse.ts'
import { analysisTemplates, clusterAnalysisTemplates } from '../api/resources.ts'
import type { TemplateLookup } from '../api/validation/template-references.ts'
import type { NamedTemplate } from '../api/validation/template-use.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { InformerDefinition, SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { instanceSelector, type ServedScope } from './run-cache.ts'

const parsed =
  <T>(parse: (raw: unknown) => Parsed<DeepReadonly<T>>) =>
  (object: StoredObject): T => {
    const result = parse(object)
    // The cache makes it read-only again.
    if (result.ok) return result.value as T
    throw new Error(`reading ${object.metadata.name}: ${result.errors.map(formatFieldError).join('; ')}`)
  }

const templateCache = ({ namespace, instanceId }: ServedScope): InformerDefinition<AnalysisTemplate> => ({
  resource: analysisTemplates,
  namespace,
  labelSelector: instanceSelector(instanceId),
  view: parsed<AnalysisTemplate>(parseAnalysisTemplate),
})

const clusterTemplateCache = ({ instanceId }: ServedScope): InformerDefinition<ClusterAnalysisTemplate> => ({
  resource: clusterAnalysisTemplates,
  labelSelector: instanceSelector(instanceId),
  view: parsed<ClusterAnalysisTemplate>(parseClusterAnalysisTemplate),
})

/** The templates that analyses are made of. */
export interface TemplateCaches {
  readonly analysisTemplates: SharedInformer<AnalysisTemplate>
  /** Absent where only one namespace is served. */
  readonly clusterAnalysisTemplates: SharedInformer<ClusterAnalysisTemplate> | undefined
}

/** The caches of templates that a controller of this scope reads; every controller shares them. */
export const templateCaches = (informers: InformerFactory, scope: ServedScope): TemplateCaches => ({
  analysisTemplates: informers.informer(templateCache(scope)),
  clusterAnalysisTemplates: scope.namespace === undefined ? informers.informer(clusterTemplateCache(scope)) : undefined,
})

/** Looks up templates by name, those without cluster scope in one namespace. */
export const templatesIn = (caches: TemplateCaches, namespace: string | undefined): TemplateLookup<NamedTemplate> => ({
  template: (name) => caches.analysisTemplates.store.get(namespace, name),
  clusterTemplate: (name) => caches.clusterAnalysisTemplates?.store.get(undefined, name),
})
