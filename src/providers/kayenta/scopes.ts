import type { KayentaMetric } from '../../api/providers/kayenta.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { toRfc3339 } from '../../lib/rfc3339.ts'
import type { MeasureContext } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { intervalMs } from '../settings.ts'

type Spec = DeepReadonly<KayentaMetric>
type Scope = Spec['scopes'][number]

/** The time that is judged, in RFC 3339. */
interface Span {
  readonly start: string
  readonly end: string
}

const spanOf = (spec: Spec, { run, metric, clock }: MeasureContext): Span => {
  const now = clock.now()
  if (spec.lookback) {
    // The first pass over a run takes its first measurement before the status says when it began.
    return { start: run.status?.startedAt ?? toRfc3339(now), end: toRfc3339(now) }
  }
  return { start: toRfc3339(now - intervalMs(metric.interval, '', 'interval')), end: toRfc3339(now) }
}

const both = (scope: Scope, end: 'start' | 'end', at: string): boolean => {
  const [control, experiment] = [Boolean(scope.controlScope[end]), Boolean(scope.experimentScope[end])]
  if (control === experiment) return control
  throw new ProviderError(`${at}: controlScope.${end} and experimentScope.${end} must both be set or be empty`)
}

/** What is compared with what, as Kayenta wants it. Throws {@link ProviderError} with the path of the field that is wrong. */
export const scopesBody = (spec: Spec, context: MeasureContext): Json => {
  let span: Span | undefined
  const within = (): Span => {
    span ??= spanOf(spec, context)
    return span
  }
  const entries = spec.scopes.map((scope, index): [string, Json] => {
    const at = `provider.kayenta.scopes[${index}]`
    const ends: Partial<Span> = {
      ...(!both(scope, 'start', at) && { start: within().start }),
      ...(!both(scope, 'end', at) && { end: toRfc3339(context.clock.now()) }),
    }
    return [
      scope.name,
      { controlScope: { ...scope.controlScope, ...ends }, experimentScope: { ...scope.experimentScope, ...ends } },
    ]
  })
  return Object.fromEntries(entries)
}
