import type { LabelSelector } from '../api/kubernetes/label-selector.ts'
import type { DeepReadonly } from '../lib/json.ts'

const operators: Readonly<Record<string, (key: string, values: readonly string[]) => string>> = {
  In: (key, values) => `${key} in (${[...values].sort().join(',')})`,
  NotIn: (key, values) => `${key} notin (${[...values].sort().join(',')})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
}

/** A label selector as text, sorted as Kubernetes writes it (`metav1.FormatLabelSelector`): for the scale subresource. */
export const selectorText = (selector: DeepReadonly<LabelSelector> | undefined): string => {
  const equalities = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    text: `${key}=${value}`,
  }))
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
    key,
    text: operators[operator]?.(key, values) ?? key,
  }))
  const parts = [...equalities, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return parts.length === 0 ? '<none>' : parts.map(({ text }) => text).join(',')
}
