import { useAnnotation } from '../../api/kubernetes/alb-action.ts'
import type { IngressPath, IngressRule } from '../../api/kubernetes/ingress.ts'
import type { DeepReadonly } from '../../lib/json.ts'

type Rules = readonly DeepReadonly<IngressRule>[]

/** Whether a path is served by the action of this name. */
export const usesAction = ({ backend: { service } }: DeepReadonly<IngressPath>, action: string): boolean =>
  service?.name === action && service.port?.name === useAnnotation

const pathTo = (action: string, like: DeepReadonly<IngressPath>): DeepReadonly<IngressPath> => ({
  ...like,
  backend: { service: { name: action, port: { name: useAnnotation } } },
})

/**
 * Rules with one path for each header route right before every path that is weighted, and like it, so that the load
 * balancer asks for the header first and for requests of this application only; paths of routes in `known` that are not
 * in `routes` are gone. (The published controller puts one path for everything first in each rule; the load balancer would
 * look at it after more special ones, and requests for others' paths would take it.)
 */
export const withHeaderPaths = (
  rules: Rules,
  root: string,
  { routes, known }: { readonly routes: readonly string[]; readonly known: readonly string[] },
): Rules =>
  rules.map((rule) => {
    if (rule.http === undefined) return rule
    const others = rule.http.paths.filter((path) => !known.some((route) => usesAction(path, route)))
    const paths = others.flatMap((path) =>
      usesAction(path, root) ? [...routes.map((route) => pathTo(route, path)), path] : [path],
    )
    return { ...rule, http: { ...rule.http, paths } }
  })
