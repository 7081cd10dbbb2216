import {
  type AnalysisTemplateManifest,
  parseAnalysisTemplateManifest,
  parseClusterAnalysisTemplateManifest,
} from '../api/analysis-template.ts'
import { formatFieldError } from '../api/field-error.ts'
import { analysisTemplates, clusterAnalysisTemplates } from '../api/resources.ts'
import type { TemplateRef } from '../api/rollout-analysis.ts'
import { followTemplateRefs } from '../api/validation/template-references.ts'
import { isNotFound } from '../kube/errors.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'
import { parseYaml } from '../lib/yaml.ts'
import { CommandError } from './command-error.ts'
import type { CliContext, Cluster } from './context.ts'
import { readText } from './read-text.ts'

type Template = DeepReadonly<AnalysisTemplateManifest>

const kinds = ['AnalysisTemplate', 'ClusterAnalysisTemplate']

const checked = (raw: unknown, where: string): Template => {
  const kind = isJsonObject(raw) ? raw.kind : undefined
  if (!kinds.some((known) => known === kind)) {
    throw new CommandError(`${where} holds no ${kinds.join(' or ')}: its kind is ${JSON.stringify(kind ?? null)}`)
  }
  const parse = kind === 'AnalysisTemplate' ? parseAnalysisTemplateManifest : parseClusterAnalysisTemplateManifest
  const parsed = parse(raw)
  if (parsed.ok) return parsed.value
  throw new CommandError(`${where}: ${parsed.errors.map(formatFieldError).join('; ')}`)
}

/** Reads a template, of either scope, from a file with YAML or JSON. Throws CommandError for one that holds none. */
export const templateFromFile = async (
  context: Pick<CliContext, 'readFile' | 'readInput'>,
  path: string,
): Promise<Template> => {
  try {
    return checked(parseYaml(await readText(context, path)), path)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`reading ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** Reads a template of the cluster. Throws KubeError 404 when there is none. */
export const templateFromCluster = async (
  { client, namespace }: Cluster,
  { templateName: name = '', clusterScope = false }: DeepReadonly<TemplateRef>,
): Promise<Template> =>
  clusterScope
    ? checked(await client.get(clusterAnalysisTemplates, { name }), `ClusterAnalysisTemplate ${name}`)
    : checked(await client.get(analysisTemplates, { namespace, name }), `AnalysisTemplate ${name}`)

const keyOf = ({ templateName = '', clusterScope = false }: DeepReadonly<TemplateRef>): string =>
  `${clusterScope ? 'cluster' : 'namespace'}/${templateName}`

/** Reads what templates refer to, each once; what is not there stays out. */
const readIncluded = async (
  cluster: Cluster,
  refs: readonly DeepReadonly<TemplateRef>[],
  known: Map<string, Template>,
): Promise<void> => {
  for (const ref of refs) {
    if (known.has(keyOf(ref))) continue
    const template = await templateFromCluster(cluster, ref).catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    })
    if (template === undefined) continue
    known.set(keyOf(ref), template)
    await readIncluded(cluster, template.spec.templates ?? [], known)
  }
}

/** The templates that one includes, and those that these include. Throws CommandError for a circle, or one that is missing. */
export const includedTemplates = async (cluster: Cluster, template: Template): Promise<readonly Template[]> => {
  const clusterScope = template.kind === 'ClusterAnalysisTemplate'
  const own = { templateName: template.metadata.name ?? '', clusterScope }
  const known = new Map([[keyOf(own), template]])
  await readIncluded(cluster, template.spec.templates ?? [], known)
  const { templates, clusterTemplates, faults } = followTemplateRefs([own], {
    template: (templateName) => known.get(keyOf({ templateName })),
    clusterTemplate: (templateName) => known.get(keyOf({ templateName, clusterScope: true })),
  })
  if (faults.length > 0) throw new CommandError(faults.join('\n'))
  return [...templates, ...clusterTemplates]
}
