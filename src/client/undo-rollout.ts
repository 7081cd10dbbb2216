import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { podTemplateHashLabel, revisionAnnotation } from '../api/labels.ts'
import { deployments, podTemplates, replicaSets, rollouts } from '../api/resources.ts'
import { templateOfRevision } from '../api/revision-template.ts'
import type { Rollout } from '../api/rollout.ts'
import { cloneJson, objectOr } from '../lib/json-value.ts'
import { asReplicaSet } from './stored-objects.ts'
import { type NamespacedClient, RefusedCommandError, readRollout } from './write-rollout.ts'

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revisionAnnotation] ?? 0)

/** The ReplicaSet of a revision; with 0, of the revision before the newest. */
const findRevision = (rollout: Rollout, owned: readonly ReplicaSet[], wanted: number): ReplicaSet => {
  const newestFirst = owned.toSorted((a, b) => revisionOf(b) - revisionOf(a))
  const found = wanted === 0 ? newestFirst[1] : newestFirst.find((one) => revisionOf(one) === wanted)
  if (found) return found
  throw new RefusedCommandError(
    wanted === 0
      ? `no revision found for rollout "${rollout.metadata.name}"`
      : `unable to find specified revision ${wanted} in history`,
  )
}

const isOwnedBy =
  (rollout: Rollout) =>
  ({ metadata }: ReplicaSet): boolean =>
    (metadata.ownerReferences ?? []).some(({ controller, uid }) => controller === true && uid === rollout.metadata.uid)

/** Where the template of a Rollout stands: in itself, or in the workload that it refers to. */
const templateHome = ({ metadata, spec }: Rollout, wanted: number) => {
  const { workloadRef } = spec
  if (workloadRef === undefined) return { resource: rollouts, name: metadata.name, path: '/spec/template' }
  const name = workloadRef.name ?? ''
  switch (workloadRef.kind) {
    case 'Deployment':
      return { resource: deployments, name, path: '/spec/template' }
    case 'ReplicaSet':
      return { resource: replicaSets, name, path: '/spec/template' }
    case 'PodTemplate':
      return { resource: podTemplates, name, path: '/template' }
    default:
      throw new RefusedCommandError(
        `failed restoring revision ${wanted}: workload of type ${workloadRef.kind ?? ''} is not supported`,
      )
  }
}

/**
 * Asks for the pod template of an earlier revision again, and answers what the user is told, word for word as the published
 * plugin says it.
 * @param wanted a revision; 0 for the one before the newest
 * @throws RefusedCommandError when there is no such revision, KubeError when the server refuses
 */
export const undoRollout = async (at: NamespacedClient, name: string, wanted: number): Promise<string> => {
  const { client, namespace } = at
  const rollout = await readRollout(at, name)
  const listed = await client.list(replicaSets, { namespace, labelSelector: podTemplateHashLabel })
  const found = findRevision(rollout, listed.map(asReplicaSet).filter(isOwnedBy(rollout)), wanted)
  const template = templateOfRevision(found)
  const home = templateHome(rollout, wanted)
  const holder = home.resource === rollouts ? rollout : await client.get(home.resource, { namespace, name: home.name })
  const holderJson = objectOr(cloneJson<unknown>(holder))
  const current = home.path === '/template' ? holderJson.template : objectOr(holderJson.spec).template
  // What compares templates knows every field of a pod: too much to load for the commands that need none of it.
  const { samePodTemplate } = await import('../api/pod-template-equality.ts')
  if (samePodTemplate(objectOr(cloneJson<unknown>(template)), objectOr(current)))
    return `skipped rollback (current template already matches revision ${wanted})`
  const replace = [{ op: 'replace', path: home.path, value: template }] as const
  await client.jsonPatch(home.resource, { namespace, name: home.name }, replace)
  return `rollout '${name}' undo`
}
