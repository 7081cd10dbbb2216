import * as z from 'zod'
import { type EmbeddedMetadata, embeddedMetadata } from '../api/kubernetes/object-meta.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { mergeDiff } from '../lib/merge-diff.ts'

const recorded = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue('is not JSON')
    return z.NEVER
  }
})

const recordedMetadata = recorded.pipe(embeddedMetadata)

/** What an annotation says was added to the pods of a ReplicaSet; an unreadable one says nothing. */
export const readEphemeralMetadata = (annotation: string | undefined): EmbeddedMetadata => {
  const parsed = recordedMetadata.safeParse(annotation)
  return parsed.success ? parsed.data : {}
}

/** How the annotation records metadata, with sorted keys as Go writes them; `undefined` for none. */
export const writeEphemeralMetadata = (metadata: DeepReadonly<EmbeddedMetadata> | undefined): string | undefined => {
  const { labels = {}, annotations = {} } = metadata ?? {}
  const sorted = (map: DeepReadonly<Record<string, string>>): JsonObject | undefined => {
    const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.length === 0 ? undefined : Object.fromEntries(entries)
  }
  const content = { annotations: sorted(annotations), labels: sorted(labels) }
  return content.annotations === undefined && content.labels === undefined ? undefined : JSON.stringify(content)
}

/** Metadata with `wanted` in place of what `injected` had added. Everything else stays. */
export const withEphemeralMetadata = (
  metadata: DeepReadonly<EmbeddedMetadata> | undefined,
  injected: DeepReadonly<EmbeddedMetadata>,
  wanted: DeepReadonly<EmbeddedMetadata>,
): EmbeddedMetadata => {
  const replaced = (kind: 'labels' | 'annotations'): Record<string, string> => ({
    ...Object.fromEntries(
      Object.entries(metadata?.[kind] ?? {}).filter(([key]) => injected[kind]?.[key] === undefined),
    ),
    ...wanted[kind],
  })
  const annotations = replaced('annotations')
  const labels = replaced('labels')
  return { labels, ...(Object.keys(annotations).length > 0 && { annotations }) }
}

/** The merge patch for the metadata of a pod that has `injected` and is to have `wanted`. */
export const ephemeralMetadataPatch = (
  injected: DeepReadonly<EmbeddedMetadata>,
  wanted: DeepReadonly<EmbeddedMetadata>,
): JsonObject | undefined => {
  const kinds = { labels: injected.labels ?? {}, annotations: injected.annotations ?? {} }
  const patch = mergeDiff(kinds, { labels: wanted.labels ?? {}, annotations: wanted.annotations ?? {} })
  return patch
}
