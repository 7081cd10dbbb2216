import type { Pod } from '../../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { labelSelectorPredicate } from '../api-server/objects/label-selector.ts'
import { isReady } from '../pods/pod-status.ts'
import { disruptionBudgetStatus } from '../workloads/disruption-budget.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keyOf, keysOfKind } from './keys.ts'

/** Counts how many pods each PodDisruptionBudget may spare; the API server decides evictions by it. */
export class DisruptionController implements SimulatedController {
  readonly user = 'system:serviceaccount:kube-system:disruption-controller'
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    if (change.kind !== 'Pod') return keysOfKind('PodDisruptionBudget', change)
    const { namespace } = keyOf(change.object)
    return this.#cluster
      .list('PodDisruptionBudget', namespace)
      .map((budget) => ({ namespace, name: budget.metadata.name }))
  }

  reconcile(key: ObjectKey): undefined {
    const budget = this.#cluster.get('PodDisruptionBudget', key)
    if (budget?.spec.selector === undefined) return
    const { matchLabels = {}, matchExpressions = [] } = budget.spec.selector
    const expressions = matchExpressions.map(({ key: label, operator, values = [] }) => ({
      key: label,
      operator,
      values,
    }))
    const matches = labelSelectorPredicate({ matchLabels, matchExpressions: expressions })
    const selected = this.#cluster
      .list('Pod', key.namespace)
      .filter((pod: DeepReadonly<Pod>) => matches(pod.metadata.labels ?? {}))
    const status = disruptionBudgetStatus(budget, {
      expected: selected.length,
      healthy: selected.filter(isReady).length,
    })
    this.#cluster.patch(this.user, 'PodDisruptionBudget', key, { status }, 'status')
  }
}
