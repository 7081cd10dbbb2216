import * as z from 'zod'
import { int64, stringMap } from '../scalars.ts'

const ownerReference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
  blockOwnerDeletion: z.boolean().optional(),
})

/** Who an object belongs to (Kubernetes API, `metav1.OwnerReference`). */
export type OwnerReference = z.infer<typeof ownerReference>

const writable = {
  name: z.string(),
  /** Exact, so that an object may stand in a cache, whose index by namespace takes no undefined. */
  namespace: z.string().exactOptional(),
  labels: stringMap.optional(),
  annotations: stringMap.optional(),
  ownerReferences: z.array(ownerReference).optional(),
  finalizers: z.array(z.string()).optional(),
}

/** Metadata of an object that an API server has stored: the fields that we read. Dates are RFC 3339 strings. */
export const objectMetaSchema = z.object({
  ...writable,
  uid: z.string(),
  resourceVersion: z.string(),
  generation: int64.optional(),
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
})

/** See {@link objectMetaSchema}. */
export type ObjectMeta = z.infer<typeof objectMetaSchema>

/** Metadata as a person or a generator writes it: what the server adds may be absent. */
export const manifestMetaSchema = objectMetaSchema.partial()

/** See {@link manifestMetaSchema}. */
export type ManifestMeta = z.infer<typeof manifestMetaSchema>

/** An object as it is written, before a server has stored it. A stored object is one too. */
export type Manifest<T extends { metadata: ObjectMeta }> = Omit<T, 'metadata'> & { metadata: ManifestMeta }

/** The labels and annotations that an object embeds for what it creates. */
export const embeddedMetadata = z.object({
  labels: stringMap.optional().describe('Labels to set, by key.'),
  annotations: stringMap.optional().describe('Annotations to set, by key.'),
})

/** See {@link embeddedMetadata}. */
export type EmbeddedMetadata = z.infer<typeof embeddedMetadata>
