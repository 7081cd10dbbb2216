import { KubeError } from '../../kube/errors.ts'
import { objectOr } from '../../lib/json-value.ts'
import type { PolicyRule } from '../../operator/permissions.ts'
import type { Cluster } from '../context.ts'
import { type Check, ok, problem, warning } from './check.ts'

/** Something that somebody may do or not: a verb on a kind, or on a subresource of it. */
interface Action {
  readonly verb: string
  readonly group: string
  /** `rollouts` or `rollouts/status`. */
  readonly resource: string
  /** Absent for kinds without one. */
  readonly namespace?: string
}

const actionText = ({ verb, group, resource }: Action): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`

/** Asks the server whether somebody may; about the asker without `user`. */
const isAllowed = async ({ transport }: Cluster, action: Action, user?: string): Promise<boolean> => {
  const [resource, subresource] = action.resource.split('/')
  const { verb, group, namespace } = action
  const kind = user === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  const answer = await transport.request({
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind,
      spec: {
        ...(user !== undefined && { user }),
        resourceAttributes: {
          verb,
          group,
          resource,
          ...(subresource && { subresource }),
          ...(namespace && { namespace }),
        },
      },
    },
  })
  return objectOr(answer.status).allowed === true
}

const refused = async (cluster: Cluster, actions: readonly Action[], user?: string): Promise<readonly Action[]> => {
  const allowed = await Promise.all(actions.map((action) => isAllowed(cluster, action, user)))
  return actions.filter((_action, index) => allowed[index] === false)
}

/** What commands do, and which of them fail without it. */
const uses: readonly {
  readonly verbs: readonly string[]
  readonly group: string
  readonly resources: readonly string[]
  readonly commands: string
  readonly essential?: boolean
}[] = [
  {
    verbs: ['get', 'list', 'watch'],
    group: 'argoproj.io',
    resources: ['rollouts'],
    commands: 'all commands',
    essential: true,
  },
  { verbs: ['list', 'watch'], group: 'argoproj.io', resources: ['analysisruns', 'experiments'], commands: 'get' },
  { verbs: ['list', 'watch'], group: 'apps', resources: ['replicasets'], commands: 'get, undo and history' },
  { verbs: ['list', 'watch'], group: '', resources: ['pods'], commands: 'get' },
  { verbs: ['list', 'watch'], group: '', resources: ['events'], commands: 'events' },
  {
    verbs: ['patch'],
    group: 'argoproj.io',
    resources: ['rollouts', 'rollouts/status'],
    commands: 'promote, abort, retry, pause, restart, set image and undo',
  },
  {
    verbs: ['patch'],
    group: 'argoproj.io',
    resources: ['analysisruns', 'experiments'],
    commands: 'terminate and retry experiment',
  },
  { verbs: ['create'], group: 'argoproj.io', resources: ['analysisruns'], commands: 'create analysisrun' },
]

/** Whether the user may do what the commands do. */
export const checkOwnAccess = async (cluster: Cluster): Promise<Check[]> => {
  const { namespace } = cluster
  const missing: Check[] = []
  for (const { verbs, group, resources, commands, essential } of uses) {
    const actions = resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, namespace })))
    const without = await refused(cluster, actions)
    if (without.length === 0) continue
    const message = `you may not ${without.map(actionText).join(', ')} in namespace ${namespace}`
    const advice = `Without it ${commands} will fail: ask for it, or use another --context.`
    missing.push(essential === true ? problem(message, advice) : warning(message, advice))
  }
  return missing.length > 0 ? missing : [ok(`you may use all commands in namespace ${namespace}`)]
}

const actionsOf = (rules: readonly PolicyRule[], namespace?: string): readonly Action[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({ verb, group, resource, ...(namespace !== undefined && { namespace }) })),
      ),
    ),
  )

/** Whom the controller acts as, and what it is to do. */
export interface ControllerRights {
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly user: string
  readonly namespaced: readonly PolicyRule[]
  readonly cluster: readonly PolicyRule[]
}

/** Whether the controller may do what it does for the Rollouts of the namespace. Asking about others takes rights of its own. */
export const checkControllerAccess = async (cluster: Cluster, rights: ControllerRights): Promise<Check> => {
  const { user, namespaced, cluster: ofCluster } = rights
  const actions = [...actionsOf(namespaced, cluster.namespace), ...actionsOf(ofCluster)]
  try {
    const without = await refused(cluster, actions, user)
    if (without.length === 0)
      return ok(`${user} may do in namespace ${cluster.namespace} all that the controller does there`)
    return problem(
      `${user} may not ${without.map(actionText).join(', ')} in namespace ${cluster.namespace}`,
      'Releases there will stop: install the chart with the routers and providers that are used, or add these rules to its role.',
    )
  } catch (error) {
    if (!(error instanceof KubeError) || error.code !== 403) throw error
    return warning(
      'what the controller may do was not looked at',
      'You may not create subjectaccessreviews.authorization.k8s.io: ask somebody who may.',
    )
  }
}
