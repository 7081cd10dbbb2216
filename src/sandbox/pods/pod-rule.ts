import type { Pod } from '../../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { PodBehavior } from './behavior.ts'

/** Which pods a behaviour is for, and from when. What is not given matches every pod. */
export interface PodRule {
  /** Part of the image of one of its containers. */
  readonly image?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly namespace?: string
  /** From this time since the sandbox began, in milliseconds; pods that are there already change then. */
  readonly fromMs?: number
  readonly behavior: PodBehavior
}

const isFor = (rule: PodRule, pod: DeepReadonly<Pod>): boolean =>
  (rule.namespace === undefined || rule.namespace === pod.metadata.namespace) &&
  (rule.image === undefined || pod.spec.containers.some(({ image }) => image?.includes(rule.image ?? '') === true)) &&
  Object.entries(rule.labels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value)

/** The last rule that is for this pod and whose time has come. */
export const ruleFor = (rules: readonly PodRule[], pod: DeepReadonly<Pod>, sinceStartMs: number): PodRule | undefined =>
  rules.findLast((rule) => (rule.fromMs ?? 0) <= sinceStartMs && isFor(rule, pod))
