import { Command, Option } from 'commander'
import type { Rollout } from '../../api/rollout.ts'
import { type Promotion, promotePatches } from '../../api/rollout-commands.ts'
import { readRollout, sendPatches } from '../../client/write-rollout.ts'
import { CommandError } from '../command-error.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'

/** Flags that are still taken, and what to use instead, as the published plugin says it. */
const deprecated = [
  {
    long: '--skip-current-step',
    attribute: 'skipCurrentStep',
    instead: 'use without the flag instead ex: promote ROLLOUT_NAME',
  },
  { long: '--skip-all-steps', attribute: 'skipAllSteps', instead: 'use --full instead' },
] as const

const promotionOf = ({ options, context }: Invocation): Promotion => {
  for (const { long, attribute, instead } of deprecated) {
    if (options.isOn(attribute)) context.err.write(`Flag ${long} has been deprecated, ${instead}\n`)
  }
  const current = options.isOn('skipCurrentStep')
  const all = options.isOn('skipAllSteps')
  if (current && all) {
    throw new CommandError('Cannot use skip-current-step and skip-all-steps flags at the same time')
  }
  if (current) return 'skipCurrentStep'
  if (all) return 'skipAllSteps'
  return options.isOn('full') ? 'full' : 'next'
}

const checkSteps = ({ spec }: Rollout): void => {
  if (spec.strategy?.blueGreen) {
    throw new CommandError('Cannot skip steps of a bluegreen rollout. Run without a flags')
  }
  if ((spec.strategy?.canary?.steps ?? []).length === 0) {
    throw new CommandError('Cannot skip steps of a rollout without steps')
  }
}

const promote: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const promotion = promotionOf(invocation)
  const rollout = await invocation.withCluster(async (cluster) => {
    const rollout = await readRollout(cluster, name)
    if (promotion === 'skipCurrentStep' || promotion === 'skipAllSteps') checkSteps(rollout)
    await sendPatches(cluster, name, promotePatches(rollout, promotion))
    return rollout
  })
  say(invocation, `rollout '${name}' ${promotion === 'full' ? 'fully promoted' : 'promoted'}`)
  // Skipping steps does not end a pause by hand, in the published plugin neither: whoever does so is told what else to do.
  if (rollout.spec.paused === true && promotion !== 'next' && promotion !== 'full') {
    invocation.context.err.write(
      `rollout '${name}' is paused by hand (spec.paused) and waits until it is promoted without flags\n`,
    )
  }
}

/** `promote`: goes on with a release. */
export const promoteCommand = (bind: Bind): Command =>
  new Command('promote')
    .summary('Go on with a release')
    .description(
      'Goes on with a release that waits, or leaves the step it is at. With --full, skips what is left of its steps, pauses and analyses.',
    )
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('--full', 'Skip all that is left of the release')
    .addOption(new Option('-c, --skip-current-step', 'Deprecated: promote skips the current step anyway').hideHelp())
    .addOption(new Option('-a, --skip-all-steps', 'Deprecated: use --full').hideHelp())
    .action(bind(promote))
