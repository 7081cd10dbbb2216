import type { ReplicaSetInfo, RolloutInfo } from '../../src/server/dashboard/messages.ts'

/** A healthy canary of the namespace shop, as the dashboard's API tells of it; with whatever a test states instead. */
export const aRolloutInfo = (name: string, stated: Partial<RolloutInfo> = {}): RolloutInfo => ({
  objectMeta: { name, namespace: 'shop' },
  status: 'Healthy',
  icon: '✔',
  strategy: 'Canary',
  restartedAt: 'Never',
  ...stated,
})

/** A healthy ReplicaSet of a revision. */
export const aReplicaSetInfo = (revision: number, stated: Partial<ReplicaSetInfo> = {}): ReplicaSetInfo => ({
  objectMeta: { name: `web-${revision}` },
  status: 'Healthy',
  icon: '✔',
  revision,
  ...stated,
})
