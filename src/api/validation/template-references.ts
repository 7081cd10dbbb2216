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

/** Templates that references lead to, each once, and the references that lead nowhere or in a circle. */
export interface ReferencedTemplates<Template extends TemplateContent = DeepReadonly<AnalysisTemplate>> {
  readonly templates: readonly Template[]
  readonly clusterTemplates: readonly Template[]
  /**
   * One published message a missing template: `AnalysisTemplate 'x' not found`. One of ours a circle, with the way round it:
   * `AnalysisTemplate 'a' includes itself: a → b → a`.
   */
  readonly faults: readonly string[]
  /** Those of {@link faults} that are circles: they stay, whatever is created later. */
  readonly circles: readonly string[]
}

const kindOf = (clusterScope: boolean): string => (clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate')

/**
 * Follows references to templates and from those to further ones. A template that is named twice counts once. Templates that name each
 * other in a circle are a fault, where the published controller recurses until it dies.
 */
export const followTemplateRefs = <Template extends TemplateContent>(
  refs: readonly DeepReadonly<TemplateRef>[],
  lookup: TemplateLookup<Template>,
): ReferencedTemplates<Template> => {
  const found = { templates: new Map<string, Template>(), clusterTemplates: new Map<string, Template>() }
  const faults = new Set<string>()
  const circles = new Set<string>()
  const way: { readonly name: string; readonly among: ReadonlyMap<string, Template> }[] = []
  const visit = ({ templateName = '', clusterScope = false }: DeepReadonly<TemplateRef>): void => {
    const known = clusterScope ? found.clusterTemplates : found.templates
    const start = way.findIndex(({ name, among }) => name === templateName && among === known)
    if (start >= 0) {
      const circle = [...way.slice(start).map(({ name }) => name), templateName].join(' → ')
      const fault = `${kindOf(clusterScope)} '${templateName}' includes itself: ${circle}`
      faults.add(fault)
      circles.add(fault)
    }
    if (known.has(templateName)) return
    const template = clusterScope ? lookup.clusterTemplate(templateName) : lookup.template(templateName)
    if (template === undefined) {
      faults.add(`${kindOf(clusterScope)} '${templateName}' not found`)
      return
    }
    known.set(templateName, template)
    way.push({ name: templateName, among: known })
    for (const ref of template.spec.templates ?? []) visit(ref)
    way.pop()
  }
  for (const ref of refs) visit(ref)
  return {
    templates: [...found.templates.values()],
    clusterTemplates: [...found.clusterTemplates.values()],
    faults: [...faults],
    circles: [...circles],
  }
}
