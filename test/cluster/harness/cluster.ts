import { rmSync } from 'node:fs'

import { z } from 'zod'

import { type Application, startApplication } from './application.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { installGatewayApi } from './crds.ts'
import { type DataPlaneView, watchDataPlane } from './data-plane-view.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { startWorkloads, waitForServiceAccount } from './workloads.ts'

/** A whole cluster: control plane, simulated node, Gateway API, application, Prometheus. The product is not in it yet. */
export interface Cluster {
  readonly plane: ControlPlane
  readonly prometheus: Prometheus
  readonly view: DataPlaneView
  readonly application: Application
  /** Makes a namespace in which pods can be created, labelled as a test's. */
  createNamespace(name: string): Promise<void>
}

/** Starts one; it ends with the process. @throws HarnessError */
async function startCluster(report: (line: string) => void): Promise<Cluster> {
  const begin = performance.now()
  const plane = await startControlPlane({ report })
  removeAtExit(plane.directory)
  const [prometheus] = await Promise.all([
    startPrometheus(plane.directory),
    startWorkloads(plane),
    installGatewayApi(plane),
  ])
  const view = watchDataPlane(plane.api)
  const application = startApplication(view, prometheus.targetsFile)
  report(`cluster ready in ${((performance.now() - begin) / 1000).toFixed(1)} s, logs in ${plane.directory}`)
  return {
    plane,
    prometheus,
    view,
    application,
    async createNamespace(name) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
      await plane.api.post('/api/v1/namespaces', namespace, z.object({}))
      await waitForServiceAccount(plane, name)
    },
  }
}

/** Logs and data are worth keeping only when something went wrong. */
function removeAtExit(directory: string): void {
  process.once('exit', (code) => {
    if (code !== 0) {
      console.log(`the logs of every process are in ${directory}`)
      return
    }
    try {
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    } catch {
      // A killed etcd may still be writing; a leftover in the temporary folder harms nobody.
    }
  })
}

let shared: Promise<Cluster> | undefined

/**
 * The cluster of this process, started when it is first asked for: the files of the suite share one process, and each of them
 * can be run alone with `node --test`.
 * @throws HarnessError when a part does not start
 */
export function useCluster(): Promise<Cluster> {
  shared ??= startCluster((line) => console.log(`# ${line}`))
  return shared
}
