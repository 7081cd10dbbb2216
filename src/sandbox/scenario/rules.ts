import type { FaultRule } from '../faults.ts'
import type { MetricRule } from '../metrics/metric-rule.ts'
import type { WebRule } from '../metrics/web-rule.ts'
import { podBehaviorOf } from '../pods/behavior-schema.ts'
import type { PodRule } from '../pods/pod-rule.ts'
import type { ScenarioFile } from './schema.ts'

type Entry<Key extends keyof ScenarioFile> = NonNullable<ScenarioFile[Key]> extends (infer Item)[] ? Item : never

/** Members that are given, so that what is absent in the file is absent in the rule. */
const given = <T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** How pods behave. */
export const podRuleOf = ({ image, labels, from, ...behavior }: Entry<'pods'>): PodRule => ({
  ...given({ image, labels, fromMs: from }),
  behavior: podBehaviorOf(behavior),
})

/** What Prometheus answers. */
export const metricRuleOf = ({ template, metric, query, cases }: Entry<'metrics'>): MetricRule => ({
  ...given({ template, metric, query }),
  cases: cases.map(({ after, from, until, value, over, delay, ...rest }) => ({
    ...given({ ...rest, afterMs: after, fromMs: from, untilMs: until, overMs: over, delayMs: delay }),
    values: value === undefined ? [] : [value].flat(),
  })),
})

/** What a web address answers. */
export const webRuleOf = ({ url, method, answers }: Entry<'web'>): WebRule => ({
  url,
  ...given({ method }),
  answers: answers.map(({ from, delay, ...rest }) => given({ ...rest, fromMs: from, delayMs: delay })),
})

/** What goes wrong with calls of a user. */
export const faultRuleOf = (user: string, { kind, nth, count, for: forMs, ...target }: Entry<'faults'>): FaultRule => ({
  kind,
  target: { user, ...given(target) },
  ...given({ nth, count, forMs }),
})
