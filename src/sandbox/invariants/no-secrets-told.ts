import type { Cluster } from '../world/cluster.ts'
import type { Invariant } from './invariant.ts'

/** Shorter values occur by chance. */
const shortestSecret = 6

/** Values of all Secrets of the cluster, as they are and in base64. */
export const secretValues = (cluster: Cluster): readonly string[] =>
  cluster
    .list('Secret')
    .flatMap(({ data }) => Object.values(data ?? {}))
    .flatMap((encoded) => [encoded, Buffer.from(encoded, 'base64').toString('utf8')])
    .filter((value) => value.length >= shortestSecret)

/** I13, for objects; what is logged and measured is looked through where it ends up. */
export const noSecretsTold: Invariant = {
  id: 'I13',
  promise: 'Secrets appear in no status, event or other object',
  check: ({ change, cluster }) => {
    const values = secretValues(cluster)
    if (values.length === 0) return []
    const text = JSON.stringify(change.object)
    const { name } = change.object.metadata as { name: string }
    return values.some((value) => text.includes(value)) ? [`${change.kind} ${name} holds the value of a Secret`] : []
  },
}
