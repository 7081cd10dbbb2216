import type { DeepReadonly } from '../../lib/json.ts'
import { expandValue } from '../../lib/template.ts'
import type { Argument } from '../analysis-template.ts'
import type { Metric } from '../metric.ts'

/** An argument that a metric needs and nobody gave. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
}

/**
 * A metric with `{{args.x}}` replaced. Every argument must have a value, used or not. Throws {@link ArgumentError}, or TemplateError for
 * a tag that is no argument. A value stays inside the text it stands in, whatever characters it holds.
 */
export const resolveMetricArgs = (
  metric: DeepReadonly<Metric>,
  args: readonly DeepReadonly<Argument>[],
): DeepReadonly<Metric> => {
  const values = new Map<string, string>()
  for (const { name, value } of args) {
    if (value === undefined) throw new ArgumentError(`argument "${name}" was not supplied`)
    values.set(`args.${name}`, value)
  }
  return expandValue(metric, (tag) => values.get(tag))
}
