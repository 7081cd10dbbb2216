import { KubeClient } from '../kube/client.ts'
import { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { Transport } from '../kube/transport.ts'
import { severable } from './severable.ts'

/** A cluster that runs the Jobs of metrics, and nothing else, for the controllers of another one. */
export interface JobCluster {
  readonly client: KubeClient
  readonly informers: InformerFactory
  /** From now on nothing leaves and nothing arrives, as for a process that was killed. */
  sever(): void
}

/** Opens the way to it; its caches are started and stopped with those of the controllers' own cluster. */
export const jobClusterOf = (transport: Transport, net: Net, runtime: Runtime, fieldManager: string): JobCluster => {
  const ports = severable(transport, net)
  return {
    client: new KubeClient({ transport: ports.transport, fieldManager }),
    informers: new InformerFactory({ transport: ports.transport, runtime }),
    sever: () => ports.sever(),
  }
}
