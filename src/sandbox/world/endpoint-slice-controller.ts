import type { Manifest } from '../../api/kubernetes/object-meta.ts'
import type { EndpointSlice } from '../../api/kubernetes/service.ts'
import { selects } from '../traffic/split.ts'
import { endpointsOf, serviceNameLabel } from '../workloads/endpoint-slice.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keysOfKind, metadataOf } from './keys.ts'
import { controllerReference } from './pod-of.ts'

/** Keeps one EndpointSlice beside each Service that has a selector. */
export class EndpointSliceController implements SimulatedController {
  readonly user = 'system:serviceaccount:kube-system:endpointslice-controller'
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    if (change.kind !== 'Pod') return keysOfKind('Service', change)
    const { namespace = '', labels } = metadataOf(change.object)
    return this.#cluster
      .list('Service', namespace)
      .filter((service) => selects(service.spec.selector, labels))
      .map((service) => ({ namespace, name: service.metadata.name }))
  }

  reconcile(key: ObjectKey): undefined {
    const service = this.#cluster.get('Service', key)
    if (service?.spec.selector === undefined) return
    const slice = endpointsOf(service, this.#cluster.list('Pod', key.namespace))
    const name = `${key.name}-sandbox`
    if (this.#cluster.get('EndpointSlice', { ...key, name }) !== undefined) {
      this.#cluster.patch(this.user, 'EndpointSlice', { ...key, name }, { ...slice })
      return
    }
    const object: Manifest<EndpointSlice> = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name,
        namespace: key.namespace,
        labels: { [serviceNameLabel]: key.name },
        ownerReferences: [controllerReference({ apiVersion: 'v1', kind: 'Service', metadata: service.metadata })],
      },
      addressType: 'IPv4',
      ...slice,
    }
    this.#cluster.create(this.user, 'EndpointSlice', object)
  }
}
