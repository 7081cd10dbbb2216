import { deployments, leases } from '../../api/resources.ts'
import { isForbidden, isNotFound } from '../../kube/errors.ts'
import type { StoredObject } from '../../kube/informer.ts'
import { objectOr, stringOr } from '../../lib/json-value.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import type { Cluster } from '../context.ts'
import { type Check, ok, problem, warning } from './check.ts'

/** A controller that was found. */
export interface FoundController {
  readonly name: string
  readonly namespace: string
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly user: string
}

/** Controllers by the label that their charts and manifests give them: ours, and the published one. */
const labelSelector = 'app.kubernetes.io/name in (crossfade,argo-rollouts)'
const leaseName = 'argo-rollouts-controller-lock'
/** A leader renews its lease every few seconds; clocks may differ. */
const staleMs = 60_000

const install = "Install one: 'helm install crossfade charts/crossfade'."

const checkDeployment = (deployment: StoredObject): Check => {
  const { name, namespace } = deployment.metadata
  const available = Number(objectOr(deployment.status).availableReplicas ?? 0)
  const where = `controller ${name} in namespace ${namespace}`
  return available > 0
    ? ok(`${where} has ${available} available ${available === 1 ? 'pod' : 'pods'}`)
    : problem(
        `${where} has no available pod`,
        `Look at its pods: 'kubectl describe deployment ${name} -n ${namespace}'.`,
      )
}

const checkLease = async ({ client }: Cluster, namespace: string, now: number): Promise<Check[]> => {
  try {
    const { spec } = await client.get(leases, { namespace, name: leaseName })
    const { holderIdentity, renewTime } = objectOr(spec)
    const holder = stringOr(holderIdentity) ?? ''
    const silence = now - (fromRfc3339(stringOr(renewTime)) ?? 0)
    const advice = `Look at its log: 'kubectl logs -n ${namespace} -l app.kubernetes.io/name=crossfade'.`
    if (holder === '') return [problem(`nobody leads in namespace ${namespace}: the lease has no holder`, advice)]
    if (silence > staleMs)
      return [problem(`${holder} leads, and has been silent for ${Math.round(silence / 1000)} s`, advice)]
    return [ok(`${holder} leads`)]
  } catch (error) {
    // A single controller needs no lease, and not everybody may read it.
    if (isNotFound(error) || isForbidden(error)) return []
    throw error
  }
}

/** Looks for controllers in all namespaces. `now` in milliseconds since the epoch. */
export const checkControllers = async (
  cluster: Cluster,
  now: number,
): Promise<{ readonly checks: readonly Check[]; readonly found: readonly FoundController[] }> => {
  try {
    const all = await cluster.client.list(deployments, { labelSelector })
    if (all.length === 0) return { checks: [problem('no controller was found', install)], found: [] }
    const checks: Check[] = []
    for (const deployment of all) {
      checks.push(checkDeployment(deployment), ...(await checkLease(cluster, deployment.metadata.namespace ?? '', now)))
    }
    return { checks, found: all.map(foundController) }
  } catch (error) {
    if (!isForbidden(error)) throw error
    const advice = 'You may not list deployments.apps in all namespaces: ask somebody who may.'
    return { checks: [warning('no controller was looked for', advice)], found: [] }
  }
}

const foundController = ({ metadata, spec }: StoredObject): FoundController => {
  const namespace = metadata.namespace ?? ''
  const pod = objectOr(objectOr(objectOr(spec).template).spec)
  const account = stringOr(pod.serviceAccountName) ?? 'default'
  return { name: metadata.name, namespace, user: `system:serviceaccount:${namespace}:${account}` }
}
