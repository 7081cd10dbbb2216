import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Cluster, useCluster } from '../harness/cluster.ts'
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { startEnvoy } from './envoy.ts'
import { shopImages } from './images.ts'
import { type Kubelet, startKubelet } from './kubelet.ts'
import { createBridge } from './network.ts'
import type { RunningProxy } from './running-proxy.ts'
import { startTraefik, type Traefik } from './traefik.ts'

/** What requests really pass: proxies, and pods that are processes. */
export interface DataPlane {
  readonly traefik: Traefik
  /** Envoy and Contour, started when they are first asked for. @throws HarnessError */
  envoy(): Promise<RunningProxy>
  readonly kubelet: Kubelet
  /** Scrapes Traefik. */
  readonly prometheus: Prometheus
}

/** The node whose pods are processes. */
export const realNode = 'real-1'

async function start({ plane }: Cluster): Promise<DataPlane> {
  const begin = performance.now()
  const home = join(plane.directory, 'data-plane')
  await mkdir(home, { recursive: true })
  const bridge = await createBridge()
  const [traefik, kubelet, prometheus] = await Promise.all([
    startTraefik(plane),
    startKubelet({ api: plane.api, node: realNode, bridge, images: shopImages, logs: join(home, 'pods') }),
    startPrometheus(home),
  ])
  await writeFile(prometheus.targetsFile, JSON.stringify([{ targets: [traefik.metrics] }]))
  console.log(`# data plane ready in ${((performance.now() - begin) / 1000).toFixed(1)} s`)
  let envoy: Promise<RunningProxy> | undefined
  return {
    traefik,
    kubelet,
    prometheus,
    envoy() {
      envoy ??= startEnvoy(plane)
      return envoy
    },
  }
}

let shared: Promise<DataPlane> | undefined

/**
 * The data plane of this process, started in its cluster when it is first asked for; it ends with the process.
 * @throws HarnessError when a part does not start, as without root and iproute2 (see `whyNoPodNetworks`)
 */
export function useDataPlane(): Promise<DataPlane> {
  shared ??= useCluster().then(start)
  return shared
}
