import type { DeepReadonly } from '../../lib/json.ts'
import type { AnalysisTemplate } from '../analysis-template.ts'
import type { TemplateRef } from '../rollout-analysis.ts'
import type { TemplateContent } from './analysis-templates.ts'

/** Where templates are looked up: a cache, a file, a test. */
export interface TemplateLookup<Template extends TemplateContent> {
  /** An AnalysisTemplate of the namespace in question. */
  template(name: string): Template | undefined
  clusterTemplate(name: string): Template | undefined
}

/** Templates that references lead to, each once, and the references that lead nowhere. */
export interface ReferencedTemplates<Template extends TemplateContent = DeepReadonly<AnalysisTemplate>> {
  readonly templates: readonly Template[]
  readonly clusterTemplates: readonly Template[]
  /** One published message a missing template: `AnalysisTemplate 'x' not found`. */
  readonly missing: readonly string[]
}

/**
 * Follows references to templates and from those to further ones. A template that is named twice counts once, so that templates which
 * name each other in a circle end the walk, where the published controller recurses until it dies.
 */
export const followTemplateRefs = <Template extends TemplateContent>(
  refs: readonly DeepReadonly<TemplateRef>[],
  lookup: TemplateLookup<Template>,
): ReferencedTemplates<Template> => {
  const found = { templates: new Map<string, Template>(), clusterTemplates: new Map<string, Template>() }
  const missing = new Set<string>()
  const visit = ({ templateName = '', clusterScope = false }: DeepReadonly<TemplateRef>): void => {
    const known = clusterScope ? found.clusterTemplates : found.templates
    if (known.has(templateName)) return
    const template = clusterScope ? lookup.clusterTemplate(templateName) : lookup.template(templateName)
    if (template === undefined) {
      missing.add(`${clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'} '${templateName}' not found`)
      return
    }
    known.set(templateName, template)
    for (const ref of template.spec.templates ?? []) visit(ref)
  }
  for (const ref of refs) visit(ref)
  return {
    templates: [...found.templates.values()],
    clusterTemplates: [...found.clusterTemplates.values()],
    missing: [...missing],
  }
}
