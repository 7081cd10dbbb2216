import type { AnalysisTemplateManifest, Argument } from '../api/analysis-template.ts'
import { instanceIdLabel } from '../api/labels.ts'
import { analysisRuns } from '../api/resources.ts'
import { analysisRunSpecOf } from '../api/validation/analysis-run-spec.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Cluster } from './context.ts'
import { type Invocation, say } from './invocation.ts'
import { includedTemplates, templateFromCluster, templateFromFile } from './read-template.ts'

const readTemplate = (
  { context, options }: Invocation,
  cluster: Cluster,
): Promise<DeepReadonly<AnalysisTemplateManifest>> => {
  const file = options.text('fromFile')
  if (file !== undefined) return templateFromFile(context, file)
  return templateFromCluster(cluster, {
    templateName: options.text('from') ?? '',
    clusterScope: options.isOn('global'),
  })
}

/** The name of the run, or what the server makes it of. */
const nameOf = ({ options }: Invocation, template: string): { name: string } | { generateName: string } => {
  const name = options.text('name')
  return name ? { name } : { generateName: options.text('generateName') || `${template}-` }
}

const tellUnknown = ({ context }: Invocation, given: readonly Argument[], known: readonly Argument[]): void => {
  for (const { name } of given) {
    if (!known.some((argument) => argument.name === name)) {
      context.err.write(`Warning: no metric knows an argument ${name}; it is left out\n`)
    }
  }
}

/** Creates the AnalysisRun that the options of `create analysisrun` describe, and answers its name. */
export const createRun = async (
  invocation: Invocation,
  cluster: Cluster,
  args: readonly Argument[],
): Promise<string> => {
  const template = await readTemplate(invocation, cluster)
  const templates = await includedTemplates(cluster, template)
  const instanceId = invocation.options.text('instanceId')
  const spec = analysisRunSpecOf({ templates, args })
  const stored = await cluster.client.create(analysisRuns, {
    metadata: {
      ...nameOf(invocation, template.metadata.name ?? 'analysis'),
      namespace: cluster.namespace,
      ...(instanceId && { labels: { [instanceIdLabel]: instanceId } }),
    },
    spec,
  })
  say(invocation, `analysisrun.argoproj.io/${stored.metadata.name} created`)
  tellUnknown(invocation, args, spec.args ?? [])
  return stored.metadata.name
}
