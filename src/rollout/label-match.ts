import type { LabelSelector } from '../api/kubernetes/label-selector.ts'
import { matchesSelector } from '../api/kubernetes/selector.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** Whether a label selector matches. An empty or absent one matches nothing here: a Rollout must not take over everything. */
export const selectorMatches = (
  selector: DeepReadonly<LabelSelector> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => {
  if (selector === undefined) return false
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  return !isEmpty && matchesSelector(selector, labels)
}
