import { type FieldError, invalid } from '../../api/field-error.ts'
import type { GlooRoute, RouteTable } from '../../api/kubernetes/route-table.ts'
import type { GlooRouting } from '../../api/routers/gloo.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type RouteStep, routeSteps } from '../route-steps.ts'
import type { SplitContext } from '../split-object.ts'
import { hasBothServices } from '../weighted-entries.ts'
import { destinationShape, destinationsOf } from './destinations.ts'
import { narrowedMatchers } from './header-routes.ts'
import { basesIn } from './made-routes.ts'
import { isMirroring, mirroredMatchers, upstreamOf } from './mirror-routes.ts'

type Route = DeepReadonly<GlooRoute>
type Context = SplitContext<DeepReadonly<GlooRouting>, RouteTable>

/** What Gloo cannot say about mirrored requests. */
const mirrorFaults = (
  { match = [], percentage = 100 }: DeepReadonly<SetMirrorRoute>,
  field: string,
): readonly FieldError[] => [
  ...(percentage >= 0 && percentage <= 100
    ? []
    : [invalid(`${field}.percentage`, percentage, 'must be between 0 and 100')]),
  ...match.flatMap(({ method }, index) =>
    method === undefined || method.exact
      ? []
      : [
          invalid(
            `${field}.match[${index}].method`,
            method.prefix ?? method.regex ?? '',
            'Gloo compares methods exactly: use `exact`, and a match for each method',
          ),
        ],
  ),
]

/** Why no route of a table can mirror, if so. */
const whyNoMirror = (
  bases: readonly Route[],
  mirror: DeepReadonly<SetMirrorRoute>,
  canary: string,
  { named: { name }, rollout }: Context,
): string | undefined => {
  const byUpstream = bases.filter((route) => upstreamOf(route, canary, rollout.metadata.namespace ?? '') !== undefined)
  if (byUpstream.length === 0) {
    return `Gloo copies requests to Upstreams only: name the Services in RouteTable "${name}" by their \`upstream\``
  }
  const free = byUpstream.filter((route) => !isMirroring(route))
  if (free.length === 0)
    return `the routes of RouteTable "${name}" copy their requests already, and can do so once only`
  return free.some((route) => mirroredMatchers(route, { match: mirror.match ?? [] }).length > 0)
    ? undefined
    : `no route of RouteTable "${name}" can match this and what the route matches already`
}

const stepFaults = (
  bases: readonly Route[],
  canary: string,
  { field, header, mirror }: RouteStep,
  context: Context,
): readonly FieldError[] => {
  if (mirror !== undefined) {
    const faults = mirrorFaults(mirror, field)
    if (faults.length > 0) return faults
    const why = whyNoMirror(bases, mirror, canary, context)
    return why === undefined ? [] : [invalid(field, mirror.name, why)]
  }
  const match = header?.match ?? []
  if (match.length === 0 || bases.some((route) => narrowedMatchers(route, { match }).length > 0)) return []
  const detail = `no route of RouteTable "${context.named.name}" has matchers that can be narrowed to these headers`
  return [invalid(field, header?.name ?? '', detail)]
}

/** Faults of a RouteTable, and of the steps that need routes in it. */
export const tableFaults = (context: Context): readonly FieldError[] => {
  const { object, named, rollout } = context
  const roles = serviceRolesOf(rollout)
  const namespace = rollout.metadata.namespace ?? ''
  const shape = destinationShape(namespace)
  const split = (object.spec.routes ?? []).filter((route) => hasBothServices(destinationsOf(route), shape, roles))
  if (split.length > 0) {
    const bases = basesIn(split, roles, namespace)
    return routeSteps(rollout).flatMap((step) => stepFaults(bases, roles.canary, step, context))
  }
  const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
  const detail = `no route of RouteTable "${named.name}" has both the ${services} as destinations`
  return [invalid(named.field, named.name, detail)]
}
