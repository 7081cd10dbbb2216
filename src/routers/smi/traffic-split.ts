import type { TrafficSplit, TrafficSplitBackend } from '../../api/kubernetes/traffic-split.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SmiRouting } from '../../api/routers/smi.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { equalJson } from '../../lib/json-value.ts'
import type { TrafficIntent } from '../router.ts'
import type { TrafficSplitVersion } from '../router-versions.ts'

/** What a split says. In the order in which the published controller writes the backends: canary, experiments, stable. */
export const splitSpec = (
  { canary, stable, additional }: TrafficIntent,
  { rootService }: DeepReadonly<SmiRouting>,
  version: TrafficSplitVersion,
): DeepReadonly<TrafficSplit['spec']> => ({
  service: rootService || stable.serviceName,
  backends: [canary, ...additional, stable].map(({ serviceName, weight }) => ({
    service: serviceName,
    // Traffic Split v1alpha1 counts in quantities, which the API server keeps as text.
    weight: version === 'v1alpha1' ? String(weight) : weight,
  })),
})

const comparable = ({ service, weight }: DeepReadonly<TrafficSplitBackend>) => ({ service, weight: String(weight) })

/** Whether a split says that already, whichever version of its API wrote the weights. */
export const says = (live: DeepReadonly<TrafficSplit>, wanted: DeepReadonly<TrafficSplit['spec']>): boolean =>
  live.spec.service === wanted.service &&
  equalJson((live.spec.backends ?? []).map(comparable), wanted.backends.map(comparable))

/** A split that does not exist yet. It belongs to the Rollout and goes with it. */
export const newSplit = (
  name: string,
  spec: DeepReadonly<TrafficSplit['spec']>,
  rollout: DeepReadonly<Rollout>,
  version: TrafficSplitVersion,
) => ({
  apiVersion: `split.smi-spec.io/${version}`,
  kind: 'TrafficSplit',
  metadata: {
    name,
    namespace: rollout.metadata.namespace,
    ownerReferences: [ownerReferenceTo('Rollout', rollout)],
  },
  spec,
})
