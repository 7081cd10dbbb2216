import type { ObjectMeta } from '../../api/kubernetes/object-meta.ts'
import { revisionAnnotation } from '../../api/labels.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { InfoMeta } from './messages.ts'

type Meta = DeepReadonly<ObjectMeta>

/** What is told of every object: which it is, and its age. */
export const metaMessage = ({ name, namespace, uid, creationTimestamp }: Meta): InfoMeta => ({
  name,
  ...(namespace !== undefined && { namespace }),
  uid,
  creationTimestamp,
})

/** What is told of a Rollout besides. */
export const rolloutMetaMessage = (metadata: Meta): InfoMeta => {
  const { resourceVersion, generation, labels, annotations } = metadata
  return {
    ...metaMessage(metadata),
    resourceVersion,
    ...(generation !== undefined && { generation }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  }
}

/** The revision that an object belongs to; 0 where it says none. */
export const revisionOf = ({ annotations }: Meta): number => {
  const revision = Number(annotations?.[revisionAnnotation] ?? 0)
  return Number.isSafeInteger(revision) ? revision : 0
}
