import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { ClusterChange, Kind, ObjectKey } from './cluster.ts'

interface OwnedMetadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly uid: string
  readonly ownerReferences?: readonly {
    readonly kind: string
    readonly name: string
    readonly uid: string
    readonly controller?: boolean
  }[]
}

/** The metadata of an object of any kind that the API server has stored. */
export const metadataOf = (object: DeepReadonly<JsonObject>): OwnedMetadata =>
  object.metadata as unknown as OwnedMetadata

/** Where an object is. */
export const keyOf = (object: DeepReadonly<JsonObject>): ObjectKey => {
  const { name, namespace = '' } = metadataOf(object)
  return { namespace, name }
}

/** The changed object, when it is of this kind. */
export const keysOfKind = (kind: Kind, change: ClusterChange): readonly ObjectKey[] =>
  change.kind === kind ? [keyOf(change.object)] : []

/** The controller of the changed object, when that is of this kind. */
export const keysOfController = (kind: Kind, change: ClusterChange): readonly ObjectKey[] => {
  const { namespace = '', ownerReferences = [] } = metadataOf(change.object)
  return ownerReferences
    .filter((owner) => owner.controller === true && owner.kind === kind)
    .map((owner) => ({ namespace, name: owner.name }))
}
