import type { Pod } from '../../api/kubernetes/pod.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { scaleDownDeadlineAnnotation } from '../../api/labels.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { phaseIcon, podIcon } from '../../view/icons.ts'
import type { PodInfo as PodView } from '../../view/pod-info.ts'
import type { ReplicaSetInfo as ReplicaSetView } from '../../view/replica-set-info.ts'
import type { PodInfo, ReplicaSetInfo } from './messages.ts'
import { metaMessage, revisionOf } from './object-meta-message.ts'
import { present } from './present.ts'

/** Tells a pod: what the terminal shows of it. */
export const podMessage = (pod: DeepReadonly<Pod>, { status, ready, containers, restarts }: PodView): PodInfo => ({
  objectMeta: metaMessage(pod.metadata),
  ready: `${ready}/${containers}`,
  icon: podIcon(status).text,
  ...present({ status, restarts }),
})

/** Tells a ReplicaSet: what the terminal shows of it. Its pods are told by {@link podMessage}. */
export const replicaSetMessage = (
  replicaSet: DeepReadonly<ReplicaSet>,
  view: ReplicaSetView,
  pods: readonly PodInfo[],
): ReplicaSetInfo => {
  const { metadata, spec } = replicaSet
  return {
    objectMeta: metaMessage(metadata),
    status: view.status,
    icon: phaseIcon(view.status).text,
    ...present({
      revision: revisionOf(metadata),
      replicas: view.current,
      available: view.available,
      template: view.template,
      scaleDownDeadline: metadata.annotations?.[scaleDownDeadlineAnnotation],
      images: view.images,
      initContainerImages: (spec.template.spec?.initContainers ?? []).flatMap(({ image }) => image ?? []),
      pods,
    }),
    ...Object.fromEntries(view.roles.map((role) => [role, true])),
  }
}
