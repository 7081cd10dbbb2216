import { Argument, Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { completionScripts, kubectlCompleter, shells } from '../completion-scripts.ts'
import type { Bind, Run } from '../invocation.ts'

const install = 'install'

const installHint = `Save this as an executable file named kubectl_complete-crossfade in a folder of PATH, such as:
  kubectl crossfade completion install > /usr/local/bin/kubectl_complete-crossfade
  chmod +x /usr/local/bin/kubectl_complete-crossfade
kubectl 1.26 and newer then complete "kubectl crossfade", wherever they complete at all (see: kubectl completion --help).
`

const completion: Run = async (invocation) => {
  const { out, err } = invocation.context
  const [wanted = '', ...others] = invocation.args
  if (wanted === '' || others.length > 0) throw new CommandError(`accepts 1 arg(s), received ${invocation.args.length}`)
  const shell = shells.find((one) => one === wanted)
  if (shell === undefined && wanted !== install)
    throw new CommandError(`invalid argument "${wanted}" for "kubectl crossfade completion"`, {
      hint: `There are scripts for ${shells.join(', ')}; ${install} is for kubectl itself.`,
    })
  out.write(shell ? completionScripts[shell] : kubectlCompleter)
  if (wanted === install) err.write(installHint)
}

/** `completion`: what makes a shell, or kubectl, complete commands and names. */
export const completionCommand = (bind: Bind): Command =>
  new Command('completion')
    .summary('Print what makes a shell complete commands and names')
    .description(
      'Prints a script that makes a shell complete commands, flags and names of Rollouts for kubectl-crossfade. With install, prints the program that does so for "kubectl crossfade".',
    )
    .addArgument(new Argument('[bash|zsh|fish|powershell|install]', 'Shell, or install'))
    .allowExcessArguments()
    .action(bind(completion))
