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

/** The images of all ReplicaSets that have or should have pods, by name, each once. */
export const imageInfos = (replicaSets: readonly ReplicaSetInfo[]): ImageInfo[] => {
  const tags = new Map<string, Set<ImageInfo['tags'][number]>>()
  for (const replicaSet of replicaSets) {
    if (replicaSet.desired === 0) continue
    for (const image of replicaSet.images) {
      tags.set(image, new Set([...(tags.get(image) ?? []), ...tagsOf(replicaSet)]))
    }
  }
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([image, all]) => ({ image, tags: [...all] }))
}
