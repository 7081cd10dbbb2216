/** A condition of a built-in workload or of a Gateway API object: the fields that all of them share. */
export type Condition = {
  type: string
  /** `True`, `False` or `Unknown`. */
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
  observedGeneration?: number
}
