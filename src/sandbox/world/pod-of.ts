import type { Manifest, ObjectMeta } from '../../api/kubernetes/object-meta.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Random } from '../random.ts'

/** Characters of generated names: no vowels, so that no words appear (Kubernetes, `k8s.io/apimachinery/pkg/util/rand`). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters, as Kubernetes puts behind a generated name. */
export const nameSuffix = (random: Random): string =>
  Array.from({ length: 5 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')

/** What a controlled object needs to know of its controller. */
export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: DeepReadonly<ObjectMeta>
}

/** The owner reference by which an object is controlled. */
export const controllerReference = ({ apiVersion, kind, metadata }: Owner) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

const copyOf = <T>(value: DeepReadonly<T>): T => structuredClone(value) as T

/** The sandbox's only node. A pod that has one is ended by its kubelet, after its grace period. */
const nodeName = 'sandbox'

/** A new pod made from a template, controlled by its owner and placed on the sandbox's only node. */
export const podOf = (owner: Owner, template: DeepReadonly<PodTemplateSpec>, random: Random): Manifest<Pod> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${owner.metadata.name}-${nameSuffix(random)}`,
    ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
    labels: { ...template.metadata?.labels },
    annotations: { ...template.metadata?.annotations },
    ownerReferences: [controllerReference(owner)],
  },
  spec: { ...copyOf<PodSpec>(template.spec ?? { containers: [] }), nodeName },
})
