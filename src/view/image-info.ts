import type { ReplicaSetInfo, RevisionRole } from './replica-set-info.ts'

/** An image that runs, and in what part: a role of the release, or `Σ:<template>` of an Experiment. */
export interface ImageInfo {
  readonly image: string
  readonly tags: readonly (RevisionRole | `Σ:${string}`)[]
}

const tagsOf = ({ roles, template }: ReplicaSetInfo): ImageInfo['tags'] => [
  ...roles,
  ...(template === undefined ? [] : [`Σ:${template}` as const]),
]

/** The images of all ReplicaSets that have pods, by name, each once. What runs one image in several parts has its tags by name. */
export const imageInfos = (replicaSets: readonly ReplicaSetInfo[]): ImageInfo[] => {
  const tags = new Map<string, ImageInfo['tags']>()
  for (const replicaSet of replicaSets) {
    if (replicaSet.current === 0) continue
    for (const image of replicaSet.images) {
      const before = tags.get(image)
      const own = tagsOf(replicaSet)
      tags.set(image, before === undefined ? own : [...new Set([...before, ...own])].sort())
    }
  }
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([image, all]) => ({ image, tags: all }))
}
