import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Endpoint, EndpointSlice, Service } from '../../api/kubernetes/service.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { isReady } from '../pods/pod-status.ts'
import { selects } from '../traffic/split.ts'

/** Label that names the Service an EndpointSlice belongs to (Kubernetes API, `discovery.k8s.io/v1`). */
export const serviceNameLabel = 'kubernetes.io/service-name'

const endpointOf = (pod: DeepReadonly<Pod>): Endpoint => ({
  addresses: pod.status?.podIP === undefined ? [] : [pod.status.podIP],
  conditions: { ready: isReady(pod), serving: isReady(pod), terminating: pod.metadata.deletionTimestamp !== undefined },
  targetRef: {
    kind: 'Pod',
    ...(pod.metadata.namespace === undefined ? {} : { namespace: pod.metadata.namespace }),
    name: pod.metadata.name,
    uid: pod.metadata.uid,
  },
})

/** The endpoints and ports that the EndpointSlice of a Service should have: every selected pod that has an address. */
export const endpointsOf = (
  service: DeepReadonly<Service>,
  pods: readonly DeepReadonly<Pod>[],
): Pick<EndpointSlice, 'endpoints' | 'ports'> => ({
  endpoints: pods
    .filter((pod) => selects(service.spec.selector, pod.metadata.labels) && pod.status?.podIP !== undefined)
    .map(endpointOf),
  ports: (service.spec.ports ?? []).map((port) => ({
    ...(port.name === undefined ? {} : { name: port.name }),
    port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    protocol: port.protocol ?? 'TCP',
  })),
})
