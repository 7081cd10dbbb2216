import type { AnalysisRunInfo, ExperimentInfo, ReplicaSetInfo, RolloutInfo } from '../../server/dashboard/messages.ts'

/** Everything that belongs to one revision. */
export interface Revision {
  readonly number: number
  readonly replicaSets: readonly ReplicaSetInfo[]
  readonly experiments: readonly ExperimentInfo[]
  readonly analysisRuns: readonly AnalysisRunInfo[]
}

/** Groups what belongs to a Rollout, the newest revision first. */
export const revisionsOf = ({ replicaSets = [], experiments = [], analysisRuns = [] }: RolloutInfo): Revision[] => {
  const numberOf = ({ revision }: { readonly revision?: number }): number => revision ?? 0
  const of = <T extends { readonly revision?: number }>(all: readonly T[], number: number): T[] =>
    all.filter((one) => numberOf(one) === number)
  const numbers = new Set([...replicaSets, ...experiments, ...analysisRuns].map(numberOf))
  return [...numbers]
    .sort((a, b) => b - a)
    .map((number) => ({
      number,
      replicaSets: of(replicaSets, number),
      experiments: of(experiments, number),
      analysisRuns: of(analysisRuns, number),
    }))
}

const roles = ['stable', 'canary', 'active', 'preview', 'ping', 'pong'] as const

/** The part that a ReplicaSet plays in a release. */
export type Role = (typeof roles)[number]

/** The parts of a ReplicaSet, in a fixed order. */
export const rolesOf = (replicaSet: ReplicaSetInfo): Role[] => roles.filter((role) => replicaSet[role] === true)

/** An image, with the parts of the ReplicaSets that run it. */
export interface UsedImage {
  readonly image: string
  readonly roles: readonly Role[]
}

/** The images of ReplicaSets, each once: those that play a part stand first. */
export const imagesOf = (replicaSets: readonly ReplicaSetInfo[]): UsedImage[] => {
  const used = new Map<string, Set<Role>>()
  for (const replicaSet of replicaSets) {
    for (const image of [...(replicaSet.images ?? []), ...(replicaSet.initContainerImages ?? [])]) {
      used.set(image, new Set([...(used.get(image) ?? []), ...rolesOf(replicaSet)]))
    }
  }
  const images = [...used].map(([image, found]) => ({ image, roles: roles.filter((role) => found.has(role)) }))
  return images.sort((a, b) => Number(a.roles.length === 0) - Number(b.roles.length === 0))
}
