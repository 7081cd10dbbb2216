import type { Resource } from '../../../kube/resource.ts'
import type { Schema } from '../schema/schema.ts'

/** Where the numbers of the scale subresource stand in an object, as member names from the root. */
export interface ScalePaths {
  readonly specReplicas: readonly string[]
  readonly statusReplicas: readonly string[]
  /** Where the selector stands: a string in custom resources, a LabelSelector in built-in ones. */
  readonly selector?: readonly string[]
}

/** A column that `kubectl get` prints (`additionalPrinterColumns` of a CRD). */
export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  /** Columns above 0 are shown by `-o wide` only. */
  readonly priority?: number
  readonly jsonPath: string
}

/** A kind that the server serves: built in, or defined by a CRD. */
export interface ResourceType extends Resource {
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  /** Schema of the whole object. */
  readonly schema: Schema
  /** Name of the schema in OpenAPI documents. */
  readonly schemaName: string
  /** Defined by a CRD: validated by its schema alone, no strategic merge patch. */
  readonly custom: boolean
  /** Has `/status`: status is ignored by other writes and nothing else is written by it. */
  readonly status: boolean
  readonly scale?: ScalePaths
  /** `metadata.generation` counts changes of what is neither metadata nor status. */
  readonly generation: boolean
  readonly columns: readonly PrinterColumn[]
}

/** `rollouts.argoproj.io`, or the plural alone in the core group: what error messages call a resource. */
export const groupResource = (type: Pick<Resource, 'group' | 'plural'>): string =>
  type.group === '' ? type.plural : `${type.plural}.${type.group}`

/** `ReplicaSet.apps`, or the kind alone in the core group: what Invalid messages call a kind. */
export const groupKind = (type: Pick<Resource, 'group' | 'kind'>): string =>
  type.group === '' ? type.kind : `${type.kind}.${type.group}`
