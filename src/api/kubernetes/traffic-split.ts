import type { ObjectMeta } from './object-meta.ts'

/** A Service and its weight, relative to those of the others. In v1alpha1 the weight is a quantity, later a whole number. */
export type TrafficSplitBackend = { service: string; weight: number | string }

/** A TrafficSplit (Service Mesh Interface, `split.smi-spec.io`). */
export type TrafficSplit = {
  apiVersion: string
  kind: 'TrafficSplit'
  metadata: ObjectMeta
  spec: { service: string; backends: TrafficSplitBackend[] }
}
