import type { ObjectMeta } from './object-meta.ts'

/** A Mapping of Ambassador, now Emissary (`getambassador.io`): the fields that we read by name. All others are kept. */
export type Mapping = {
  apiVersion: string
  kind: 'Mapping'
  metadata: ObjectMeta
  spec: {
    /** `[scheme://]<service>[.<namespace>…][:<port>]`. */
    service?: string
    /** Share of the requests in per cent; Mappings for the same requests without one share the rest. */
    weight?: number
  }
}
