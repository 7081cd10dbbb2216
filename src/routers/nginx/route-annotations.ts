import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { escaped } from '../cookie-pattern.ts'
import type { HeaderRoute } from '../router.ts'

/** The value of a cookie that sends a request to the canary: ingress-nginx knows no other one ("Annotations", Canary). */
export const cookieForCanary = 'always'

/** Names of the annotations that route by what requests carry, after the prefix; `canary-weight` counts for the others. */
const names = {
  header: 'canary-by-header',
  value: 'canary-by-header-value',
  pattern: 'canary-by-header-pattern',
  cookie: 'canary-by-cookie',
} as const

/** Whether an annotation, under whichever prefix, is one of those that routes of steps are made of. */
export const isRouteAnnotation = (key: string): boolean => Object.values(names).some((name) => key.endsWith(`/${name}`))

/** A pattern is looked for anywhere in the header, where other routers compare the whole of it. */
const valueAnnotation = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): Readonly<Record<string, string>> => {
  if (exact) return { [names.value]: exact }
  return { [names.pattern]: prefix ? `^${escaped(prefix)}` : `^(${regex ?? ''})$` }
}

/** What the annotations of a canary Ingress say for header routes, of which one has a header, and one a cookie. */
export const routeAnnotations = (routes: readonly HeaderRoute[], prefix: string): Readonly<Record<string, string>> => {
  const annotations = routes.map(({ match: [header], cookie }) => ({
    ...(header !== undefined && { [names.header]: header.headerName, ...valueAnnotation(header.headerValue) }),
    ...(cookie !== undefined && { [names.cookie]: cookie.name }),
  }))
  const all: Readonly<Record<string, string>> = Object.assign({}, ...annotations)
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`${prefix}/${name}`, value]))
}
