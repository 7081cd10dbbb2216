import { join } from 'node:path'

import { z } from 'zod'

import type { ControlPlane } from './control-plane.ts'
import { freePort } from './ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from './process.ts'
import { eventually } from './wait.ts'

/** The rest of a cluster: what turns a ReplicaSet into pods that become Ready on a simulated node. */
export interface Workloads {
  readonly processes: readonly RunningProcess[]
  stop(): Promise<void>
}

/** The controllers that a rollout meets; each one left out saves memory and start-up time. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'job-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'disruption-controller',
  'namespace-controller',
  'endpointslice-controller',
  'pod-garbage-collector-controller',
  'ttl-after-finished-controller',
  'horizontal-pod-autoscaler-controller',
]

async function startControllerManager(plane: ControlPlane): Promise<RunningProcess> {
  return startProcess({
    name: 'kube-controller-manager',
    command: plane.binaries.controllerManager,
    log: join(plane.directory, 'kube-controller-manager.log'),
    args: [
      `--kubeconfig=${await plane.kubeconfigOf('kube-controller-manager')}`,
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${plane.pki.serviceAccounts.privateKey}`,
      `--root-ca-file=${plane.pki.authority}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--horizontal-pod-autoscaler-sync-period=1s',
      '--use-service-account-credentials=false',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  })
}

async function startScheduler(plane: ControlPlane): Promise<RunningProcess> {
  return startProcess({
    name: 'kube-scheduler',
    command: plane.binaries.scheduler,
    log: join(plane.directory, 'kube-scheduler.log'),
    args: [
      `--kubeconfig=${await plane.kubeconfigOf('kube-scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  })
}

async function startKwok(plane: ControlPlane): Promise<RunningProcess> {
  const port = await freePort()
  const kwok = await startProcess({
    name: 'kwok',
    command: plane.binaries.kwok,
    log: join(plane.directory, 'kwok.log'),
    args: [
      `--kubeconfig=${await plane.kubeconfigOf('kwok')}`,
      `--config=${join(import.meta.dirname, '..', 'kwok', 'stages.yaml')}`,
      `--server-address=127.0.0.1:${port}`,
      // Others have a kubelet of their own: see `data-plane/kubelet.ts`.
      '--manage-nodes-with-label-selector=simulated=true',
      // It touches only nodes whose lease it holds.
      '--node-lease-duration-seconds=40',
      '--cidr=10.244.0.1/16',
    ],
  })
  await waitUntilReady(kwok, () => answers(`http://127.0.0.1:${port}/healthz`))
  return kwok
}

const anything = z.object({})

/** A stage gives it room and its Ready condition; no node controller runs here that could take that away. */
async function createNode(plane: ControlPlane): Promise<void> {
  const metadata = { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1', simulated: 'true' } }
  await plane.api.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata }, anything)
}

/**
 * Starts kube-controller-manager, kube-scheduler and kwok with our own stages, and waits until pods could be created.
 * @throws HarnessError when one of them does not start
 */
export async function startWorkloads(plane: ControlPlane): Promise<Workloads> {
  await createNode(plane)
  const processes = await Promise.all([startControllerManager(plane), startScheduler(plane), startKwok(plane)])
  await waitForServiceAccount(plane, 'default')
  return {
    processes,
    async stop() {
      await Promise.all(processes.map((process) => process.stop('SIGKILL')))
    },
  }
}

/** Pods are refused in a namespace until its ServiceAccount `default` is there. */
export async function waitForServiceAccount(plane: ControlPlane, namespace: string): Promise<void> {
  await eventually(`ServiceAccount default in ${namespace}`, async () => {
    const there = await plane.api.ok(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)
    return there ? { found: true } : { missing: 'not created yet (see kube-controller-manager.log)' }
  })
}
