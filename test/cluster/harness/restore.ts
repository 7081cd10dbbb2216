import { z } from 'zod'

import type { ApiClient } from './api-client.ts'
import type { Manifest } from './manifest.ts'
import type { Scene } from './scene.ts'

const json = z.record(z.string(), z.json())

const owner = z.looseObject({ kind: z.string(), name: z.string() })

/** An object as an API server once had stored it. */
const storedSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: json.optional(),
    annotations: json.optional(),
    generation: z.number().default(1),
    ownerReferences: z.array(owner).default([]),
  }),
  spec: json.optional(),
  status: json.optional(),
})

/** @see storedSchema */
export type StoredObject = z.infer<typeof storedSchema>

const created = z.looseObject({ metadata: z.looseObject({ uid: z.string() }) })

/** Owners come before what they own. */
const order = ['AnalysisTemplate', 'Service', 'Ingress', 'Deployment', 'Rollout', 'ReplicaSet', 'AnalysisRun']

/** The objects of a List. @throws z.ZodError for anything else */
export function storedObjects(list: unknown): readonly StoredObject[] {
  return z.object({ items: z.array(storedSchema) }).parse(list).items
}

/** A Service gets an address of its own again. */
function withoutAddress({ kind, spec }: StoredObject): object | undefined {
  if (kind !== 'Service') return spec
  const { clusterIP: _, clusterIPs: __, ...rest } = spec ?? {}
  return rest
}

function manifestOf(stored: StoredObject, uids: ReadonlyMap<string, string>): Manifest {
  const { apiVersion, kind, metadata, status } = stored
  const { name, labels, annotations } = metadata
  const ownerReferences = metadata.ownerReferences.map((reference) => ({
    ...reference,
    uid: uids.get(`${reference.kind} ${reference.name}`),
  }))
  return {
    apiVersion,
    kind,
    metadata: { name, ownerReferences, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: withoutAddress(stored),
    // Kept only where status is no subresource.
    ...(status && { status }),
  }
}

/** Raises the generation to what it was, by changes of the spec that are taken back. */
async function regain(scene: Scene, { kind, metadata, spec }: StoredObject): Promise<void> {
  const { progressDeadlineSeconds = null } = spec ?? {}
  for (let generation = 1; generation < metadata.generation; generation += 1) {
    const isLast = generation + 1 === metadata.generation
    const value = isLast ? progressDeadlineSeconds : 1000 + generation
    await scene.patch(kind, metadata.name, { spec: { progressDeadlineSeconds: value } })
  }
}

async function restoreOne(
  scene: Scene,
  api: ApiClient,
  stored: StoredObject,
  uids: Map<string, string>,
): Promise<void> {
  const { kind, metadata, status } = stored
  const manifest = manifestOf(stored, uids)
  const raisesGeneration = metadata.generation > 1 && (kind === 'Rollout' || kind === 'Deployment')
  await scene.create(
    raisesGeneration ? { ...manifest, spec: { ...stored.spec, progressDeadlineSeconds: 1000 } } : manifest,
  )
  if (raisesGeneration) await regain(scene, stored)
  if (kind === 'Rollout') await scene.patch(kind, metadata.name, { status }, 'status')
  const { uid } = (await api.get(scene.pathOf(kind, metadata.name), created)).metadata
  uids.set(`${kind} ${metadata.name}`, uid)
}

/**
 * Brings a Rollout and all that belongs to it to where another controller had left them. Pods are left to the ReplicaSets,
 * and the ReplicaSets of a Deployment to that one.
 * @throws ApiError when the API server refuses an object
 */
export async function restore(scene: Scene, api: ApiClient, objects: readonly StoredObject[]): Promise<void> {
  const uids = new Map<string, string>()
  const wanted = objects.filter(
    ({ kind, metadata }) => kind !== 'Pod' && metadata.ownerReferences.every((each) => each.kind !== 'Deployment'),
  )
  const rank = ({ kind }: StoredObject): number => order.indexOf(kind)
  // An Ingress that the Rollout owns comes after it.
  const isOwned = ({ metadata }: StoredObject): boolean => metadata.ownerReferences.length > 0
  const sorted = wanted.toSorted(
    (one, other) => Number(isOwned(one)) - Number(isOwned(other)) || rank(one) - rank(other),
  )
  for (const stored of sorted) await restoreOne(scene, api, stored, uids)
}
