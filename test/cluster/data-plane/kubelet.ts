import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { type ApiClient, ApiError } from '../harness/api-client.ts'
import { HarnessError } from '../harness/errors.ts'
import { type RunningContainer, runContainer, timestamp } from './container.ts'
import type { Images } from './images.ts'
import type { Bridge } from './network.ts'
import { isPodReady, type NodePod, nodePodSchema, type PodReport, podStatus } from './pod.ts'

/** A node whose pods are processes, each in a network namespace of its own. */
export interface Kubelet {
  /** SIGKILL to the processes of a pod, which are then started again. @throws HarnessError when it has no such pod */
  kill(namespace: string, pod: string): Promise<void>
  /** Ends every pod at once and stops looking at the API server. */
  stop(): Promise<void>
}

/** Where it reports, and what it runs. */
export interface KubeletSettings {
  readonly api: ApiClient
  readonly node: string
  readonly bridge: Bridge
  readonly images: Images
  /** Folder for what the pods print. */
  readonly logs: string
}

/** A pod from the moment it was given to the node until it is gone. */
interface PodWorker {
  see(pod: NodePod): void
  kill(): Promise<void>
  /** Ends its processes at once, and tells nobody. */
  drop(): Promise<void>
}

/** Runs a job again when it was asked for again meanwhile, never twice at a time: the last state is always written. */
function coalesced(job: () => Promise<void>): () => Promise<void> {
  let wanted = false
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (wanted) {
      wanted = false
      await job()
    }
    running = undefined
  }
  return () => {
    wanted = true
    running ??= run()
    return running
  }
}

const pathOf = ({ metadata: { namespace, name } }: NodePod): string => `/api/v1/namespaces/${namespace}/pods/${name}`

/** A pod that is gone, or whose name another one has, needs no report; an API server that is away gets the next one. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && [404, 409].includes(error.status)
}

/** A pod that is gone from the API server, by whomever: its processes get no grace. */
function atOnce(pod: NodePod): NodePod {
  const { deletionTimestamp = timestamp() } = pod.metadata
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } }
}

async function startPod(settings: KubeletSettings, pod: NodePod, gone: () => void): Promise<PodWorker> {
  const { api, bridge, images, logs } = settings
  const network = await bridge.addPod()
  const startedAt = timestamp()
  const containers: RunningContainer[] = []
  let readySince = startedAt
  let wasReady = false
  let terminating = false
  let over = false

  const report = (): PodReport => {
    const reports = containers.map((container) => container.report())
    if (isPodReady(reports) !== wasReady) {
      wasReady = !wasReady
      readySince = timestamp()
    }
    return { address: network.address, nodeAddress: bridge.address, startedAt, readySince, containers: reports }
  }
  const tell = coalesced(async () => {
    if (over) return
    const patch = { metadata: { uid: pod.metadata.uid }, status: podStatus(report()) }
    await api
      .patch(`${pathOf(pod)}/status`, patch, 'application/strategic-merge-patch+json')
      .catch((error: unknown) => {
        if (!isOver(error)) setTimeout(() => void tell(), 500).unref()
      })
  })
  for (const spec of pod.spec.containers) {
    const program = images(spec.image)
    if (program === undefined) throw new HarnessError(`starting ${pod.metadata.name}: no image ${spec.image} is there`)
    const log = join(logs, `${pod.metadata.namespace}-${pod.metadata.name}.log`)
    containers.push(runContainer({ spec, program, network, log, changed: () => void tell() }))
  }
  const end = async (graceSeconds: number): Promise<void> => {
    await Promise.all(containers.map((container) => container.stop(graceSeconds)))
    await tell()
    over = true
    const preconditions = { uid: pod.metadata.uid }
    await api.remove(pathOf(pod), { gracePeriodSeconds: 0, preconditions }).catch(() => undefined)
    await network.remove()
    gone()
  }
  return {
    see({ metadata, spec }) {
      if (metadata.deletionTimestamp === undefined || terminating) return
      terminating = true
      void end(metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds)
    },
    async kill() {
      await Promise.all(containers.map((container) => container.kill()))
    },
    async drop() {
      over = true
      await Promise.all(containers.map((container) => container.stop(0)))
      await network.remove()
    },
  }
}

/** A node with room, which only pods that tolerate it are put on. */
async function createNode(api: ApiClient, name: string): Promise<void> {
  const room = { cpu: '100', memory: '100Gi', pods: '500' }
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: { taints: [{ key: 'real-pods', value: 'true', effect: 'NoSchedule' }] },
  }
  await api.post('/api/v1/nodes', node, z.object({}))
  const now = timestamp()
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'runs processes' }
  const conditions = [{ ...ready, lastHeartbeatTime: now, lastTransitionTime: now }]
  await api.patch(`/api/v1/nodes/${name}/status`, { status: { capacity: room, allocatable: room, conditions } })
}

/** Resolves when the time is over or the signal says so. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds).unref()
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/**
 * Joins a node to the cluster and runs its pods: the processes of their containers with an address on the bridge, readiness
 * by HTTP, restarts, and at the end preStop, SIGTERM and the grace period. It has no images, volumes or probes of liveness;
 * environment variables and commands of the pod are not looked at.
 * @throws ApiError when the node cannot be created
 */
export async function startKubelet(settings: KubeletSettings): Promise<Kubelet> {
  const { api, node, logs } = settings
  await mkdir(logs, { recursive: true })
  await createNode(api, node)
  const workers = new Map<string, { readonly name: string; readonly worker: Promise<PodWorker> }>()
  const stopping = new AbortController()

  const see = (pod: NodePod): void => {
    const { uid, namespace, name, deletionTimestamp } = pod.metadata
    const known = workers.get(uid)
    if (known === undefined && (deletionTimestamp !== undefined || stopping.signal.aborted)) return
    const { worker } = known ?? { worker: startPod(settings, pod, () => workers.delete(uid)) }
    workers.set(uid, { name: `${namespace}/${name}`, worker })
    worker.then(
      (started) => started.see(pod),
      // A pod that cannot be started shows no status, which is what its story then waits for in vain.
      (error: unknown) => console.error(`# kubelet: ${String(error)}`),
    )
  }
  const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`
  // Every stream begins with all pods that are there, so one that broke is simply opened again.
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const stream = await api.watch(path, nodePodSchema, ({ type, object }) => {
        see(type === 'DELETED' ? atOnce(object) : object)
      })
      stopping.signal.addEventListener('abort', stream.stop)
      await stream.ended
    }
  }
  const following = (async () => {
    while (!stopping.signal.aborted) {
      await follow().catch(() => undefined)
      await pause(200, stopping.signal)
    }
  })()
  return {
    async kill(namespace, pod) {
      const found = [...workers.values()].find(({ name }) => name === `${namespace}/${pod}`)
      if (found === undefined) throw new HarnessError(`killing ${namespace}/${pod}: no such pod on ${node}`)
      await (await found.worker).kill()
    },
    async stop() {
      stopping.abort()
      await following
      await Promise.all([...workers.values()].map(async ({ worker }) => (await worker.catch(() => undefined))?.drop()))
    },
  }
}
