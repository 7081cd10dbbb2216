import type { Rollout } from '../api/rollout.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson, listOr, objectOr } from '../lib/json-value.ts'
import { applyMergePatch } from '../lib/merge-patch.ts'
import type { BoundRouter, KnownObjects, ObjectWrite, TrafficIntent } from '../routers/router.ts'
import { refName } from './routing-memory.ts'

/** Routers with something that they are to be told. */
export interface ToldRouters {
  readonly routers: readonly BoundRouter[]
  readonly intent: TrafficIntent
}

/** Asks a router something about objects, which may have a shape that it cannot read. */
export type AskRouter = <T>(router: BoundRouter, ask: () => T, otherwise: T) => T

type Objects = ReadonlyMap<string, DeepReadonly<StoredObject>>

const withObjects = (known: KnownObjects, changed: Objects): KnownObjects => ({
  get: (ref) => changed.get(refName(ref)) ?? known.get(ref),
  list: (resource, namespace) =>
    known
      .list(resource, namespace)
      .map((object) => changed.get(refName({ resource, namespace, name: object.metadata.name })) ?? object),
})

const isMadeFor = ({ metadata }: DeepReadonly<StoredObject>, rollout: DeepReadonly<Rollout>): boolean =>
  listOr(metadata.ownerReferences).some((owner) => objectOr(owner).uid === rollout.metadata.uid)

/** More rounds than any router takes: some change one kind of object only when another one has been read back. */
const mostRounds = 4

/** The objects as these routers would leave them. What they would make or delete belongs to the Rollout, and is left out. */
const settled = ({ routers, intent }: ToldRouters, known: KnownObjects, ask: AskRouter): KnownObjects => {
  const changed = new Map<string, DeepReadonly<StoredObject>>()
  const world = withObjects(known, changed)
  for (let round = 0; round < mostRounds; round++) {
    const writes = routers.flatMap((router) => ask(router, () => router.desire(intent, world), []))
    for (const write of writes) {
      const live = world.get(write.ref)
      if (write.type !== 'patch' || live === undefined) continue
      const patched = applyMergePatch(objectOr(cloneJson(live)), write.patch)
      // A merge patch of an object is an object, and nothing touches its name.
      changed.set(refName(write.ref), patched as unknown as StoredObject)
    }
    if (writes.length === 0) break
  }
  return world
}

/**
 * What gives back those parts of an object that a former router has set, and that its successors, which go on with the
 * object, do not set: a rule, a route or an action that the spec names no more. Without it nobody would ever change them
 * again, and they would split requests for good. Nothing for objects that the successors set as a whole.
 */
export const leftOverWrites = (
  former: BoundRouter,
  intent: TrafficIntent,
  successors: ToldRouters,
  { rollout, known }: { readonly rollout: DeepReadonly<Rollout>; readonly known: KnownObjects },
  ask: AskRouter,
): readonly ObjectWrite[] => {
  const goOn = new Set(successors.routers.flatMap((router) => router.refs(known).map(refName)))
  const isShared = ({ type, ref }: ObjectWrite): boolean => {
    const live = known.get(ref)
    return type === 'patch' && goOn.has(refName(ref)) && live !== undefined && !isMadeFor(live, rollout)
  }
  const writesIn = (world: KnownObjects): readonly ObjectWrite[] =>
    ask(former, () => former.desire(intent, world), []).filter(isShared)
  const over = new Set(writesIn(settled(successors, known, ask)).map(({ ref }) => refName(ref)))
  return over.size === 0 ? [] : writesIn(known).filter(({ ref }) => over.has(refName(ref)))
}
