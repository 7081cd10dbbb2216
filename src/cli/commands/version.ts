import { Command } from 'commander'
import { type Bind, type Run, say } from '../invocation.ts'

const version: Run = async (invocation) => {
  const { build } = invocation.context
  say(invocation, `kubectl-crossfade: v${build.version}`)
  if (invocation.options.isOn('short')) return
  const details = [
    ['BuildDate', build.date],
    ['GitCommit', build.commit],
    ['GitTreeState', build.treeState],
    ['NodeVersion', build.nodeVersion],
    ['Platform', build.platform],
  ]
  for (const [name, value] of details) say(invocation, `  ${name}: ${value || 'unknown'}`)
}

/** `version`: which program this is. Asks no server. */
export const versionCommand = (bind: Bind): Command =>
  new Command('version')
    .summary('Print the version of this plugin')
    .description('Prints the version of this plugin. It asks no server.')
    .option('--short', 'Print the version only')
    .allowExcessArguments()
    .action(bind(version))
