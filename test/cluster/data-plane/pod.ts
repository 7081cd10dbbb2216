import { z } from 'zod'

const port = z.union([z.number(), z.string()])

const container = z.object({
  name: z.string(),
  image: z.string(),
  ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
  readinessProbe: z
    .object({
      httpGet: z.object({ path: z.string().default('/'), port }),
      periodSeconds: z.number().default(10),
      timeoutSeconds: z.number().default(1),
      failureThreshold: z.number().default(3),
    })
    .optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }).optional() }).optional(),
})

/** A container, with what the harness's kubelet acts on. */
export type Container = z.infer<typeof container>

/** A Pod as its node sees it. */
export const nodePodSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().optional(),
  }),
  spec: z.object({ containers: z.array(container), terminationGracePeriodSeconds: z.number().default(30) }),
})

/** @see nodePodSchema */
export type NodePod = z.infer<typeof nodePodSchema>

/** What has become of a container. Times are RFC 3339. */
export type ContainerState =
  | { readonly phase: 'running'; readonly startedAt: string }
  | { readonly phase: 'backing-off'; readonly lastExit: ContainerExit }
  | { readonly phase: 'ended'; readonly lastExit: ContainerExit }

/** How a container's process ended: its exit code, or 128 and the signal that killed it. */
export interface ContainerExit {
  readonly code: number
  readonly startedAt: string
  readonly finishedAt: string
}

/** A container at this moment. */
export interface ContainerReport {
  readonly name: string
  readonly image: string
  readonly ready: boolean
  readonly restarts: number
  readonly state: ContainerState
}

/** A pod at this moment. Times are RFC 3339. */
export interface PodReport {
  readonly address: string
  readonly nodeAddress: string
  readonly startedAt: string
  /** When its readiness last changed. */
  readonly readySince: string
  readonly containers: readonly ContainerReport[]
}

/** True when all containers of a pod are ready: it may receive requests. */
export function isPodReady(containers: readonly ContainerReport[]): boolean {
  return containers.every(({ ready }) => ready)
}

function terminated({ code, startedAt, finishedAt }: ContainerExit): object {
  return { terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error', startedAt, finishedAt } }
}

function stateOf(state: ContainerState): object {
  if (state.phase === 'running') return { state: { running: { startedAt: state.startedAt } } }
  if (state.phase === 'ended') return { state: terminated(state.lastExit) }
  const message = 'back-off restarting failed container'
  return {
    state: { waiting: { reason: 'CrashLoopBackOff', message } },
    lastState: terminated(state.lastExit),
  }
}

function containerStatus({ name, image, ready, restarts, state }: ContainerReport): object {
  const started = state.phase === 'running'
  return { name, image, imageID: image, ready, started, restartCount: restarts, ...stateOf(state) }
}

/**
 * The status of a pod, to be merged into the one that it has: conditions are merged by their type (a strategic merge), so
 * those of the scheduler and of evictions stay. As the kubelet's, see the Kubernetes documentation on the lifecycle of pods.
 */
export function podStatus({ address, nodeAddress, startedAt, readySince, containers }: PodReport): object {
  const ready = isPodReady(containers)
  const readiness = {
    status: ready ? 'True' : 'False',
    reason: ready ? null : 'ContainersNotReady',
    lastTransitionTime: readySince,
  }
  return {
    phase: 'Running',
    startTime: startedAt,
    hostIP: nodeAddress,
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [
      { type: 'Initialized', status: 'True', lastTransitionTime: startedAt },
      { type: 'ContainersReady', ...readiness },
      { type: 'Ready', ...readiness },
    ],
    containerStatuses: containers.map(containerStatus),
  }
}
