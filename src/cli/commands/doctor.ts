import { Command, Option } from 'commander'
import { rollouts } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import { asRollout } from '../../client/stored-objects.ts'
import { isForbidden, isNotFound } from '../../kube/errors.ts'
import { drawLines } from '../../view/line.ts'
import { CommandError } from '../command-error.ts'
import type { CliContext, Cluster } from '../context.ts'
import type { Check } from '../doctor/check.ts'
import { dataFormats, formatData } from '../format-data.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { styleOf } from '../style.ts'

const rolloutsHere = async ({ client, namespace }: Cluster): Promise<readonly Rollout[]> => {
  try {
    return (await client.list(rollouts, { namespace })).map(asRollout)
  } catch (error) {
    // That there are none of this kind, or that they may not be read, is told by checks of its own.
    if (isNotFound(error) || isForbidden(error)) return []
    throw error
  }
}

const examine = async ({ clock }: CliContext, cluster: Cluster): Promise<readonly Check[]> => {
  // The rights of the controller are those of all routers: too much to load for other commands.
  const { checkServer, checkDefinitions } = await import('../doctor/api-server.ts')
  const server = await checkServer(cluster)
  if (server.state === 'problem') return [server]
  const { checkControllerAccess, checkOwnAccess } = await import('../doctor/access.ts')
  const { checkControllers } = await import('../doctor/controller.ts')
  const { checkRoutingKinds, rightsForRouters } = await import('../doctor/routing-kinds.ts')
  const { basePermissions } = await import('../../operator/permissions.ts')
  const here = await rolloutsHere(cluster)
  const routing = rightsForRouters(here)
  const rights = {
    namespaced: [...basePermissions.namespaced, ...routing.namespaced],
    cluster: [...basePermissions.cluster, ...routing.cluster],
  }
  const { checks, found } = await checkControllers(cluster, clock.now())
  return [
    server,
    ...(await checkDefinitions(cluster)),
    ...(await checkOwnAccess(cluster)),
    ...checks,
    ...(await Promise.all(found.map(({ user }) => checkControllerAccess(cluster, { user, ...rights })))),
    ...(await checkRoutingKinds(cluster, here)),
  ]
}

const print = async (invocation: Invocation, checks: readonly Check[]): Promise<void> => {
  const { options } = invocation
  const format = options.text('output')
  if (format !== undefined) return say(invocation, await formatData(checks, format))
  const { checkLines } = await import('../doctor/check.ts')
  say(invocation, drawLines(checks.flatMap(checkLines), styleOf(invocation)).join('\n'))
}

const doctor: Run = async (invocation) => {
  const checks = await invocation.withCluster((cluster) => examine(invocation.context, cluster))
  await print(invocation, checks)
  const problems = checks.filter(({ state }) => state === 'problem').length
  if (problems > 0) throw new CommandError(problems === 1 ? '1 problem was found' : `${problems} problems were found`)
}

/** `doctor`: says what is missing in a cluster, before a release finds out. Writes nothing. */
export const doctorCommand = (bind: Bind): Command =>
  new Command('doctor')
    .summary('Say what is missing in the cluster')
    .description(
      'Looks at the API server, the CustomResourceDefinitions, your own rights, the controllers and theirs, and at the kinds that the routers of the Rollouts of the namespace write, and says what is missing. ' +
        'Nothing is written. It exits with 1 when something is missing without which releases do not work.',
    )
    .option('--no-color', 'Use no colours')
    .addOption(new Option('-o, --output <format>', 'Print the checks as data').choices(dataFormats))
    .action(bind(doctor))
