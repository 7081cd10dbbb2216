import { otherManagersOf, pathsOfPatch } from '../kube/field-managers.ts'
import type { KnownObjects, ObjectWrite } from '../routers/router.ts'
import { type RolloutEvent, trafficDriftCorrected } from './events.ts'
import { type RoutingMemory, refName } from './routing-memory.ts'

/** What somebody else did to an object that had the wanted routing. */
export interface Drift {
  /** `HTTPRoute "web"`. */
  readonly what: string
  /** Who wrote what is to be put back, by the names of field managers, the last one first; empty for an object that is gone. */
  readonly managers: readonly string[]
  /** Members that are to be put back, such as `spec.rules`; empty for an object that is gone. */
  readonly fields: readonly string[]
}

const fieldText = (path: readonly string[]): string =>
  path[0] === 'metadata' ? `the annotation ${path.at(-1)}` : path.join('.')

/**
 * Whether a wanted write puts back what somebody else changed. It does where the object had this very routing before, and a
 * field manager other than `own` has the fields now, or the object is gone. All other writes are due by the release, or
 * follow from an object that the routing is made of.
 */
export const driftOf = (
  write: ObjectWrite,
  routing: string,
  { inForce, written }: RoutingMemory,
  known: KnownObjects,
  own: string,
): Drift | undefined => {
  if (inForce !== routing && written.get(refName(write.ref)) !== routing) return undefined
  const what = `${write.ref.resource.kind} "${write.ref.name}"`
  if (write.type === 'create') return { what, managers: [], fields: [] }
  const metadata = known.get(write.ref)?.metadata
  if (write.type === 'delete' || metadata === undefined) return undefined
  const paths = pathsOfPatch(write.patch).filter((path) => otherManagersOf(metadata, [path], own).length > 0)
  if (paths.length === 0) return undefined
  return { what, managers: otherManagersOf(metadata, paths, own), fields: paths.map(fieldText) }
}

/** The event about a drift that was put right. */
export const driftEvent = ({ what, managers, fields }: Drift): RolloutEvent =>
  trafficDriftCorrected(
    managers.length === 0
      ? `Made ${what} again, which somebody had deleted`
      : `Put back ${fields.join(', ')} of ${what}, which ${managers.join(', ')} had changed. ` +
          'Where that is a tool that syncs it, tell the tool to ignore these fields (docs/traffic.md, GitOps)',
  )
