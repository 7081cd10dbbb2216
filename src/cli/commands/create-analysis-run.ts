import { Command } from 'commander'
import type { Argument } from '../../api/analysis-template.ts'
import { CommandError } from '../command-error.ts'
import type { Bind, Invocation, Run } from '../invocation.ts'
import { collectWhole } from '../options.ts'
import { watchVerdict } from '../watch-verdict.ts'

/** Of a name that is given several times, the last value counts, as with every flag. */
const argumentsOf = ({ options }: Invocation): readonly Argument[] => {
  const values = new Map<string, string>()
  for (const text of options.texts('argument')) {
    const at = text.indexOf('=')
    if (at < 0) throw new CommandError('arguments must be in the form NAME=VALUE')
    values.set(text.slice(0, at), text.slice(at + 1))
  }
  return [...values].map(([name, value]) => ({ name, value }))
}

const createAnalysisRun: Run = async (invocation) => {
  const { options } = invocation
  const sources = [options.text('from'), options.text('fromFile')].filter((text) => text !== undefined && text !== '')
  if (sources.length !== 1) throw new CommandError('one of --from or --from-file must be specified')
  const args = argumentsOf(invocation)
  const limitMs = options.limitMs('timeout', '--timeout')
  await invocation.withCluster(async (cluster) => {
    // Schemas of templates take longer to load than most commands take.
    const { createRun } = await import('../create-run.ts')
    const name = await createRun(invocation, cluster, args)
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
