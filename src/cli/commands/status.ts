import { Command, Option } from 'commander'
import { clientPhase } from '../../api/client-phase.ts'
import type { PhaseAndMessage } from '../../api/rollout-phase.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { followRollout } from '../follow-rollout.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { shownRollout } from '../read-object.ts'

/** Says a phase if it is another than the one before; scripts read these lines. */
class PhaseTeller {
  readonly #invocation: Invocation
  #last = ''

  constructor(invocation: Invocation) {
    this.#invocation = invocation
  }

  tell({ phase, message }: PhaseAndMessage): void {
    const line = message === '' ? phase : `${phase} - ${message}`
    if (line !== this.#last) say(this.#invocation, line)
    this.#last = line
  }
}

const isEnd = ({ phase }: PhaseAndMessage): boolean => phase === 'Healthy' || phase === 'Degraded'

/** @param limit monotonic milliseconds at which the user's patience ends */
const watchToEnd = (
  invocation: Invocation,
  cluster: Cluster,
  name: string,
  limit: number,
  teller: PhaseTeller,
): Promise<PhaseAndMessage> =>
  followRollout(invocation, cluster, {
    name,
    limit,
    tooLate: 'Rollout status watch exceeded timeout',
    look: (rollout) => {
      if (rollout === undefined) throw new CommandError(`rollout '${name}' was deleted while its status was watched`)
      const now = clientPhase(rollout)
      teller.tell(now)
      return isEnd(now) ? now : undefined
    },
  })

const status: Run = async (invocation) => {
  const { clock } = invocation.context
  const name = argument(invocation, 0)
  const limitMs = invocation.options.limitWithUnitMs('timeout', '-t, --timeout')
  const limit = clock.monotonic() + (limitMs ?? Number.POSITIVE_INFINITY)
  await invocation.withCluster(async (cluster) => {
    const teller = new PhaseTeller(invocation)
    const first = clientPhase(await shownRollout(cluster, name))
    const watch = invocation.options.isOn('watch')
    if (watch) teller.tell(first)
    else say(invocation, isEnd(first) ? first.phase : `${first.phase} - ${first.message}`)
    const end = isEnd(first) || !watch ? first : await watchToEnd(invocation, cluster, name, limit, teller)
    if (end.phase === 'Degraded')
      throw new CommandError(`The rollout is in a degraded state with message: ${end.message}`)
  })
}

/** `status`: waits until a release has ended, and tells how. */
export const statusCommand = (bind: Bind): Command =>
  new Command('status')
    .summary('Wait until a release has ended, and tell how')
    .description(
      'Prints the phase of a Rollout whenever it changes, until it is Healthy or Degraded. Exits with 1 when it is Degraded, or when the time is over.',
    )
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('-w, --watch', 'Go on until the release has ended', true)
    .addOption(new Option('--no-watch', 'Print the phase once').hideHelp())
    .option('-t, --timeout <duration>', 'Longest time to wait, such as 5m; 0 for no limit', '0')
    .action(bind(status))
