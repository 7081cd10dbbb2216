import { Command } from 'commander'
import type { AnalysisTemplateManifest, Argument } from '../../api/analysis-template.ts'
import { instanceIdLabel } from '../../api/labels.ts'
import { analysisRuns } from '../../api/resources.ts'
import { analysisRunSpecOf } from '../../api/validation/analysis-run-spec.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { collectWhole } from '../options.ts'
import { includedTemplates, templateFromCluster, templateFromFile } from '../read-template.ts'
import { watchVerdict } from '../watch-verdict.ts'

const argumentsOf = ({ options }: Invocation): readonly Argument[] =>
  options.texts('argument').map((text) => {
    const at = text.indexOf('=')
    if (at < 0) throw new CommandError('arguments must be in the form NAME=VALUE')
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })

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
  return name === undefined ? { generateName: options.text('generateName') ?? `${template}-` } : { name }
}

const tellUnknown = ({ context }: Invocation, given: readonly Argument[], known: readonly Argument[]): void => {
  for (const { name } of given) {
    if (!known.some((argument) => argument.name === name)) {
      context.err.write(`Warning: no metric knows an argument ${name}; it is left out\n`)
    }
  }
}

/** Creates the run, and answers its name. */
const create = async (invocation: Invocation, cluster: Cluster, args: readonly Argument[]): Promise<string> => {
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

const createAnalysisRun: Run = async (invocation) => {
  const { options } = invocation
  const sources = [options.text('from'), options.text('fromFile')].filter((text) => text !== undefined && text !== '')
  if (sources.length !== 1) throw new CommandError('one of --from or --from-file must be specified')
  const args = argumentsOf(invocation)
  const limitMs = options.limitMs('timeout', '--timeout')
  await invocation.withCluster(async (cluster) => {
    const name = await create(invocation, cluster, args)
    if (options.isOn('watch')) await watchVerdict(invocation, cluster, name, limitMs)
  })
}

/** `create analysisrun`: measures now, by a template, and waits for the verdict where that is asked for. */
export const createAnalysisRunCommand = (bind: Bind): Command =>
  new Command('analysisrun')
    .aliases(['ar', 'analysisruns'])
    .summary('Make an AnalysisRun of a template')
    .description(
      'Makes an AnalysisRun of an AnalysisTemplate or a ClusterAnalysisTemplate, and of the templates that it includes. ' +
        'With --watch it exits with 0 when the run is Successful, 2 when it Failed, 3 when it could not be measured (Error), ' +
        '4 when it is Inconclusive, and 1 for everything that kept it from being made or watched.',
    )
    .option('--from <template>', 'Name of a template in the cluster')
    .option('--from-file <file>', 'File with a template, in YAML or JSON')
    .option('--global', 'Look for --from among ClusterAnalysisTemplates')
    .option('--name <name>', 'Name of the run')
    .option('--generate-name <prefix>', 'Beginning of its name. Default: that of the template, and -')
    .option('-a, --argument <name=value>', 'Argument of the template; may be given several times', collectWhole)
    .option('--instance-id <id>', 'Which controller measures it, where several run')
    .option('-w, --watch', 'Wait for the verdict')
    .option('-t, --timeout <duration>', 'Longest time to wait with --watch, such as 5m; 0 for no limit', '0')
    .action(bind(createAnalysisRun))
