import * as z from 'zod'
import { gatewayClasses } from '../../api/resources.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { RouteStep } from '../route-steps.ts'
import type { KnownObjects } from '../router.ts'
import type { Route } from './rules.ts'

/** A GatewayClass, as far as it is read. The features were plain texts before Gateway API 1.3, and are objects since. */
const classSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ controllerName: z.string() }),
  status: z
    .object({
      supportedFeatures: z
        .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
        .optional(),
    })
    .optional(),
})

/** A GatewayClass that says what its controller can do. */
export interface ListedClass {
  readonly name: string
  readonly controller: string
  readonly features: ReadonlySet<string>
}

/** The classes that list features; one that lists none says nothing about them. */
export const listedClasses = (known: KnownObjects): readonly ListedClass[] =>
  known.list(gatewayClasses, '').flatMap((object) => {
    const { data } = classSchema.safeParse(object)
    const features = data?.status?.supportedFeatures ?? []
    if (data === undefined || features.length === 0) return []
    return [{ name: data.metadata.name, controller: data.spec.controllerName, features: new Set(features) }]
  })

/** The feature of copying a share of the requests. */
export const percentageMirror = 'HTTPRouteRequestPercentageMirror'

/** A feature beyond what every controller has, and for what of a step it is needed. */
export interface NeededFeature {
  /** Its name in `status.supportedFeatures` (Gateway API, pkg/features). */
  readonly feature: string
  /** The member of the step, if it is one of them that needs it. */
  readonly member?: string
}

/**
 * What a step needs of an HTTPRoute that the API leaves to its implementations. Headers are compared by all of them;
 * regular expressions have no name among the features.
 */
export const neededFeatures = ({ header, mirror }: DeepReadonly<RouteStep>): readonly NeededFeature[] => [
  ...(header?.queryParams?.length ? [{ feature: 'HTTPRouteQueryParamMatching', member: 'queryParams' }] : []),
  ...(mirror === undefined ? [] : [{ feature: 'HTTPRouteRequestMirror' }]),
  ...(mirror?.percentage !== undefined && mirror.percentage < 100
    ? [{ feature: percentageMirror, member: 'percentage' }]
    : []),
  ...(mirror?.match?.some(({ method }) => method !== undefined)
    ? [{ feature: 'HTTPRouteMethodMatching', member: 'match' }]
    : []),
]

/**
 * The class that lacks a feature, of a controller that reports on a route and none of whose classes has it: which of them
 * the route is attached by is said by the Gateway only, which is not read.
 */
export const classWithout = (
  feature: string,
  { status }: Route,
  classes: readonly ListedClass[],
): ListedClass | undefined => {
  const controllers = new Set((status?.parents ?? []).map(({ controllerName }) => controllerName))
  for (const controller of controllers) {
    const ofController = classes.filter((one) => one.controller === controller)
    if (ofController.every(({ features }) => !features.has(feature))) {
      const [first] = ofController
      if (first !== undefined) return first
    }
  }
  return undefined
}
