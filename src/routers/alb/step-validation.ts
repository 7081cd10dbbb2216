import { type FieldError, invalid } from '../../api/field-error.ts'
import type { Ingress, IngressPath } from '../../api/kubernetes/ingress.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SetHeaderRoute, StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { headerRouteOf, routeSteps } from '../route-steps.ts'
import type { KnownObjects } from '../router.ts'
import { routeConditions, textsOf } from './conditions.ts'
import { usesAction } from './header-paths.ts'
import { type AlbSpec, ingressIn, namedIngresses, rootActionOf } from './spec.ts'

/** What a rule of a listener takes (AWS, "Condition types for listener rules"), and how long a text may be. */
const most = { values: 5, wildcards: 5, length: 128 }

const exactly = (value: DeepReadonly<StringMatch>, field: string): readonly FieldError[] =>
  value.exact
    ? []
    : [invalid(field, value.prefix ?? value.regex ?? '', 'an AWS load balancer compares with `exact` only')]

/** A literal `*` or `?` cannot be said in conditions on headers, of which cookies are one. */
const conditionErrors = (
  { cookie, queryParams = [] }: DeepReadonly<SetHeaderRoute>,
  field: string,
): readonly FieldError[] => {
  const text = cookie === undefined ? '' : `${cookie.name}=${cookie.value.exact ?? ''}`
  return [
    ...(cookie === undefined ? [] : exactly(cookie.value, `${field}.cookie.value`)),
    ...(/[*?]/.test(text)
      ? [
          invalid(
            `${field}.cookie`,
            text,
            'an AWS load balancer takes "*" and "?" in cookies for wildcards: use others',
          ),
        ]
      : []),
    ...queryParams.flatMap(({ value }, index) => exactly(value, `${field}.queryParams[${index}].value`)),
  ]
}

const wildcardsIn = (text: string): number => text.replaceAll(/\\./g, '').match(/[*?]/g)?.length ?? 0

/** The patterns that the AWS Load Balancer Controller makes of a path. */
const patternsOf = ({ path = '/', pathType }: DeepReadonly<IngressPath>): readonly string[] => {
  if (pathType !== 'Prefix') return [path]
  return path === '/' ? ['/*'] : [path, `${path.replace(/\/$/, '')}/*`]
}

/** What rules for the weighted paths of an Ingress compare already: the host, and the path. */
const baseTexts = ({ spec }: DeepReadonly<Ingress>, root: string): readonly (readonly string[])[] =>
  (spec.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? [])
      .filter((path) => usesAction(path, root))
      .map((path) => [...(host === undefined ? [] : [host]), ...patternsOf(path)]),
  )

const sizeFault = (texts: readonly string[], base: readonly string[], ingress: string): string | undefined => {
  const all = [...base, ...texts]
  const wildcards = all.reduce((sum, text) => sum + wildcardsIn(text), 0)
  if (all.length > most.values || wildcards > most.wildcards) {
    const what = `${all.length} values with ${wildcards} wildcards, host and path of Ingress ${ingress} among them`
    return `makes a rule of ${what}, and an AWS load balancer takes ${most.values} and ${most.wildcards}`
  }
  const long = texts.find((text) => text.length > most.length)
  return long && `has a value of ${long.length} characters, and an AWS load balancer takes ${most.length}`
}

/** Faults of setHeaderRoute steps of which a load balancer could make no rule. */
export const headerStepErrors = (
  spec: AlbSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const root = rootActionOf(spec, rollout)
  const bases = namedIngresses(spec).flatMap(({ name }) => {
    const ingress = ingressIn(name, rollout, known)
    return ingress === undefined ? [] : baseTexts(ingress, root).map((base) => ({ name, base }))
  })
  return routeSteps(rollout).flatMap(({ field, header }) => {
    if (header === undefined) return []
    const texts = textsOf(routeConditions(headerRouteOf(header)))
    const fault = bases.map(({ name, base }) => sizeFault(texts, base, name)).find((one) => one !== undefined)
    const ofSize = fault === undefined ? [] : [invalid(field, header.name ?? '', fault)]
    return [...conditionErrors(header, field), ...ofSize]
  })
}
