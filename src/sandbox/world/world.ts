import type { Clock } from '../../lib/clock.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import { randomOf, seededRandom } from '../random.ts'
import type { Cluster } from './cluster.ts'
import { ControllerLoop, type SimulatedController } from './controller-loop.ts'
import { DeploymentController } from './deployment-controller.ts'
import { DisruptionController } from './disruption-controller.ts'
import { EndpointSliceController } from './endpoint-slice-controller.ts'
import { GarbageCollector } from './garbage-collector.ts'
import { JobController } from './job-controller.ts'
import { keyOf } from './keys.ts'
import { type BehaviorOf, Kubelet } from './kubelet.ts'
import { ReplicaSetController } from './replica-set-controller.ts'
import { ServerCluster } from './server-cluster.ts'

/** What a simulated cluster is made of besides its API server. */
export interface WorldOptions {
  readonly server: ApiServer
  readonly clock: Clock
  readonly seed: number
  readonly behaviorOf: BehaviorOf
  /** Time between a change and what the cluster's own controllers do about it. Default 20 ms. */
  readonly latencyMs?: number
}

/** The parts of a cluster that make objects live: pods run, ReplicaSets are filled, Services find their endpoints. */
export interface World {
  readonly cluster: Cluster
  /** Asks every pod's behaviour again: what a scenario says about pods has changed. */
  pokePods(): void
  /** The cluster's own controllers act no more. */
  stop(): void
}

/** Puts the simulated controllers on an API server. They act as users of their own, never as the controller under test. */
export const createWorld = ({ server, clock, seed, behaviorOf, latencyMs = 20 }: WorldOptions): World => {
  const cluster = new ServerCluster(server)
  const loop = (controller: SimulatedController): ControllerLoop =>
    new ControllerLoop(controller, cluster, clock, latencyMs)
  const random = seededRandom(Math.floor(randomOf(seed, 'names') * 2 ** 32))
  const kubelet = loop(new Kubelet(cluster, clock, behaviorOf))
  const loops = [
    kubelet,
    loop(new ReplicaSetController(cluster, clock, random)),
    loop(new DeploymentController(cluster)),
    loop(new JobController(cluster, clock, random)),
    loop(new EndpointSliceController(cluster)),
    loop(new DisruptionController(cluster)),
  ]
  const collector = new GarbageCollector(server, clock, latencyMs)
  return {
    cluster,
    pokePods: () => {
      for (const pod of cluster.list('Pod')) kubelet.poke(keyOf({ metadata: { ...pod.metadata } }))
    },
    stop: () => {
      for (const each of loops) each.stop()
      collector.stop()
    },
  }
}
