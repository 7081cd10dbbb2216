import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

import { z } from 'zod'

import type { AuditEntry, AuditMark } from '../harness/audit.ts'
import { type ControlPlane, startControlPlane } from '../harness/control-plane.ts'
import { installCrds } from '../harness/crds.ts'
import { kubectl } from '../harness/kubectl.ts'
import { createServiceAccount } from '../harness/service-account.ts'
import { type AccountRules, readShippedRules } from '../harness/shipped-rbac.ts'
import { eventually } from '../harness/wait.ts'
import { startWorkloads, waitForServiceAccount } from '../harness/workloads.ts'
import { type ControllerProcess, type ControllerProgram, crossfade, startController } from './controller-process.ts'
import { type RolloutOptions, rolloutManifest } from './manifest.ts'
import { type Witness, watchNamespace } from './witness.ts'

/** A cluster for loads: control plane, simulated node, CRDs, and the controller's identity. No controller runs yet. */
export interface Stage {
  readonly plane: ControlPlane
  /** Starts a controller; it is ready later, see {@link ControllerProcess.untilReady}. */
  startController(name?: string): Promise<ControllerProcess>
  /** A namespace of its own for a load, with somebody who watches it. */
  openNamespace(name: string): Promise<Place>
  /** What the controller has asked for since the mark, oldest first; watches appear when they end. */
  requests(since: AuditMark): Promise<readonly AuditEntry[]>
  end(): Promise<void>
}

/** A namespace in which a load plays. */
export interface Place {
  readonly witness: Witness
  create(names: readonly string[], options: RolloutOptions): Promise<void>
  /** Begins a release; resolves with the instant before the patch was sent. */
  setImage(name: string, image: string): Promise<number>
  /** Aborts a release as the plugin does; resolves with the instant before the patch was sent. */
  abort(name: string): Promise<number>
  /** Deletes all Rollouts, and waits until nothing is left of them. */
  clear(): Promise<void>
}

/** Namespace of the controllers, and of their Lease. */
export const system = 'crossfade'
const anything = z.object({})
/** As many as the client has connections: more would wait inside it, and be counted as the controller's time. */
const writers = 8

/** Does something for all, a few at a time. */
export async function forAll<T, R>(all: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const left = all.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: writers }, worker))
  return results
}

async function openPlace(plane: ControlPlane, namespace: string): Promise<Place> {
  const { api } = plane
  await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, anything)
  await waitForServiceAccount(plane, namespace)
  const rollouts = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`
  // The API server refuses watches of a kind that it has only just learnt.
  const witness = await eventually('a watch of the Rollouts', async () => ({
    found: await watchNamespace(api, namespace),
  }))
  const patch = async (path: string, body: unknown): Promise<number> => {
    const at = performance.now()
    await api.patch(path, body)
    return at
  }
  const left = async (path: string): Promise<number> => (await api.list(`${path}?limit=500`, anything)).length
  return {
    witness,
    create: async (names, options) => {
      await forAll(names, (name) => api.post(rollouts, rolloutManifest(namespace, name, options), anything))
    },
    setImage: (name, image) => {
      const containers = [{ name: 'app', image }]
      return patch(`${rollouts}/${name}`, { spec: { template: { spec: { containers } } } })
    },
    abort: (name) => patch(`${rollouts}/${name}/status`, { status: { abort: true } }),
    clear: async () => {
      witness.stop()
      await kubectl(plane, ['-n', namespace, 'delete', 'rollouts', '--all', '--wait=false'])
      const replicaSets = `/apis/apps/v1/namespaces/${namespace}/replicasets`
      const pods = `/api/v1/namespaces/${namespace}/pods`
      while ((await left(replicaSets)) + (await left(pods)) > 0) await delay(500)
    },
  }
}

const allRights: AccountRules = {
  everywhere: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  ownNamespace: [],
}

/** Sets up the cluster; it is up in about 6 s. @throws HarnessError when a part does not start */
export async function openStage(
  report: (line: string) => void,
  program: ControllerProgram = crossfade,
): Promise<Stage> {
  const plane = await startControlPlane({ report })
  const [workloads] = await Promise.all([startWorkloads(plane), installCrds(plane)])
  const metadata = { name: system }
  await plane.api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata }, anything)
  await waitForServiceAccount(plane, system)
  const account = await createServiceAccount(plane, {
    namespace: system,
    name: 'crossfade',
    rules: program.rights === 'all' ? allRights : await readShippedRules(),
  })
  const place = { program, kubeconfig: account.kubeconfig, namespace: system, directory: plane.directory }
  return {
    plane,
    startController: (name) => startController(place, name),
    openNamespace: (name) => openPlace(plane, name),
    requests: (since) => plane.audit.entries(account.user, since),
    end: async () => {
      await workloads.stop()
      await plane.stop({ keepFiles: true })
      await rm(plane.directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
