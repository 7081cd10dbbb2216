import type { AlbCondition, AlbConditions } from '../../api/kubernetes/alb-action.ts'
import type { NamedMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { HeaderRoute } from '../router.ts'

const headerIs = (httpHeaderName: string, values: string[]): AlbCondition => ({
  field: 'http-header',
  httpHeaderConfig: { httpHeaderName, values },
})

/** Several values for one header are alternatives, as in the published controller. */
const ofHeaders = ({ match }: HeaderRoute): AlbConditions => {
  const values = new Map<string, string[]>()
  for (const { headerName, headerValue } of match) {
    values.set(headerName, [...(values.get(headerName) ?? []), headerValue.exact ?? ''])
  }
  return [...values].map(([name, of]) => headerIs(name, of))
}

/**
 * A cookie in the Cookie header, as the last one or before others (RFC 6265, 4.2.1). What stands before its name cannot be
 * said: to name each of the places takes more values than a rule may have.
 */
const ofCookie = ({ name, value: { exact = '' } }: DeepReadonly<NamedMatch>): AlbCondition =>
  headerIs('Cookie', [`*${name}=${exact}`, `*${name}=${exact};*`])

const literal = (text: string): string => text.replaceAll(/[\\*?]/g, '\\$&')

const ofParameter = ({ name, value: { exact = '' } }: DeepReadonly<NamedMatch>): AlbCondition => ({
  field: 'query-string',
  queryStringConfig: { values: [{ key: literal(name), value: literal(exact) }] },
})

/** The requests of a header route: with all of its headers, its cookie and its query parameters. */
export const routeConditions = (route: HeaderRoute): AlbConditions => [
  ...ofHeaders(route),
  ...(route.cookie === undefined ? [] : [ofCookie(route.cookie)]),
  ...(route.queryParams ?? []).map(ofParameter),
]

/** What a load balancer compares for these conditions. */
export const textsOf = (conditions: AlbConditions): readonly string[] =>
  conditions.flatMap((condition) =>
    condition.field === 'http-header'
      ? condition.httpHeaderConfig.values
      : condition.queryStringConfig.values.map(({ key, value }) => `${key}=${value}`),
  )
