import { managedRoutePartsAnnotation } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { IstioRouting } from '../../api/routers/istio.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr } from '../../lib/json-value.ts'
import { type ManagedParts, recordWith } from '../managed-parts.ts'
import type { ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import { destinationRulePatch, type HashBySubset, isManagedBy } from './desired-destination-rule.ts'
import { changeOf, type FoundVirtualService, findVirtualService, isUsed, partsFor } from './desired-virtual-service.ts'
import { type DestinationRoles, rolesOf } from './destinations.ts'
import { destinationRuleRef, type IstioResources, type IstioScene, namedVirtualServices } from './spec.ts'
import { choiceErrors, destinationRuleErrors, sessionErrors, stepErrors, virtualServiceErrors } from './validation.ts'

type Spec = DeepReadonly<IstioRouting>

const rolesIn = ({ canary, stable }: TrafficIntent, { spec, rollout }: IstioScene): DestinationRoles =>
  rolesOf({ canary: canary.serviceName, stable: stable.serviceName }, spec, rollout)

const foundServices = (scene: IstioScene): readonly FoundVirtualService[] =>
  namedVirtualServices(scene).map((named) => findVirtualService(named, scene.rollout, scene.known))

const whyOf = ({ canary, additional, headerRoutes, mirrorRoutes, maxWeight }: TrafficIntent): string => {
  const weights = [canary, ...additional].map(
    ({ weight, serviceName, podTemplateHash }) => `${weight} of ${maxWeight} to ${serviceName || podTemplateHash}`,
  )
  const routes = [...headerRoutes, ...mirrorRoutes].map(({ name }) => name)
  return [...weights, ...(routes.length > 0 ? [`with the routes ${routes.join(', ')}`] : [])].join(', ')
}

/** The annotation that says what was added to a VirtualService, where it is to change. */
const recordChange = (
  { object }: FoundVirtualService,
  parts: ManagedParts,
  rollout: DeepReadonly<Rollout>,
): JsonObject | undefined => {
  if (object === undefined) return undefined
  const record = recordWith(object, rollout, parts) ?? null
  const there = objectOr(object.metadata.annotations)[managedRoutePartsAnnotation] ?? null
  return record === there ? undefined : { [managedRoutePartsAnnotation]: record }
}

const serviceWrites = (
  found: readonly FoundVirtualService[],
  roles: DestinationRoles,
  intent: TrafficIntent,
  { rollout }: IstioScene,
): readonly ObjectWrite[] =>
  found.flatMap((one): readonly ObjectWrite[] => {
    if (one.object === undefined) return []
    const spec = objectOr(cloneJson(changeOf(one, roles, intent)))
    const annotations = recordChange(one, partsFor(one, intent), rollout)
    const isSame = Object.keys(spec).length === 0
    if (isSame && annotations === undefined) return []
    const { resourceVersion } = one.object.metadata
    const metadata = { resourceVersion, ...(annotations !== undefined && { annotations }) }
    return [{ type: 'patch', ref: one.named.ref, patch: { metadata, ...(!isSame && { spec }) }, why: whyOf(intent) }]
  })

const ruleWrites = (scene: IstioScene, hashes: HashBySubset, manager: string | null): readonly ObjectWrite[] => {
  const ref = destinationRuleRef(scene)
  const rule = ref && scene.known.get(ref)
  if (ref === undefined || rule === undefined) return []
  const patch = destinationRulePatch(rule, hashes, manager)
  const chosen = [...hashes].map(([subset, hash]) => `${subset}: ${hash ?? 'no revision'}`)
  return patch === undefined ? [] : [{ type: 'patch', ref, patch, why: `subsets ${chosen.join(', ')}` }]
}

/**
 * The revisions that the subsets are to select now. A subset that is about to lose its requests keeps its revision until it
 * has: the pods of another one may not be there.
 */
const hashesNow = (
  { canarySubsetName, stableSubsetName }: NonNullable<Spec['destinationRule']>,
  intent: TrafficIntent,
  isCanaryLosing: boolean,
): HashBySubset =>
  new Map([
    [stableSubsetName, intent.stable.podTemplateHash || undefined],
    ...(isCanaryLosing ? [] : [[canarySubsetName, intent.canary.podTemplateHash || undefined] as const]),
  ])

const usesCanary = ({ canary, headerRoutes, mirrorRoutes, sessionCookie }: TrafficIntent): boolean =>
  canary.weight > 0 || headerRoutes.length + mirrorRoutes.length > 0 || sessionCookie !== undefined

/** Subsets first, and weights for them once they are read back: weights may count only for the pods they are meant for. */
const writesOf = (intent: TrafficIntent, scene: IstioScene): readonly ObjectWrite[] => {
  const { destinationRule } = scene.spec
  const roles = rolesIn(intent, scene)
  const found = foundServices(scene)
  const weights = serviceWrites(found, roles, intent, scene)
  if (destinationRule === undefined) return weights
  const isLosing = weights.length > 0 && !usesCanary(intent) && found.some((one) => isUsed(one, 'canary', roles))
  const subsets = ruleWrites(scene, hashesNow(destinationRule, intent, isLosing), scene.rollout.metadata.name)
  return subsets.length > 0 ? subsets : weights
}

/** Gives back what is marked with the Rollout: subsets select by what their owner wrote alone. */
const freeingWrites = (scene: IstioScene): readonly ObjectWrite[] => {
  const { spec, rollout, known } = scene
  const ref = destinationRuleRef(scene)
  const rule = ref && known.get(ref)
  if (spec.destinationRule === undefined || rule === undefined || !isManagedBy(rule, rollout)) return []
  const { canarySubsetName, stableSubsetName } = spec.destinationRule
  const hashes = new Map([
    [canarySubsetName, undefined],
    [stableSubsetName, undefined],
  ])
  return ruleWrites(scene, hashes, null)
}

const verificationOf = (found: readonly FoundVirtualService[]): Verification => {
  const missing = found.find(({ object }) => object === undefined)
  if (missing === undefined) return { state: 'not-verifiable' }
  return { state: 'pending', why: `VirtualService ${missing.named.ref.name} is not there` }
}

const errorsOf = (scene: IstioScene) => {
  const { spec, rollout } = scene
  const roles = rolesOf(serviceRolesOf(rollout), spec, rollout)
  const found = foundServices(scene)
  const errors = [
    ...choiceErrors(spec),
    ...found.flatMap((one) => virtualServiceErrors(one, roles)),
    ...destinationRuleErrors(scene),
  ]
  return errors.length > 0 ? errors : [...sessionErrors(found, roles, rollout), ...stepErrors(found, roles, rollout)]
}

/**
 * Splits traffic by Istio VirtualServices, between two hosts or between two subsets of one host, whose revisions it sets in
 * the DestinationRule. HTTP routes for header and mirror routes stand before those they were made of. All else in the objects stays.
 */
export const istioRouter = (resources: IstioResources): Router<Spec> => ({
  name: 'istio',
  // Its weights add up to 100, as published.
  abilities: [
    'header-routes',
    'cookie-routes',
    'query-routes',
    'mirror-routes',
    'session-affinity',
    'additional-destinations',
    'ping-pong',
  ],
  needs: ({ destinationRule }) => [
    resources.virtualServices,
    ...(destinationRule === undefined ? [] : [resources.destinationRules]),
  ],
  resources: [resources.virtualServices, resources.destinationRules],
  refs: (spec, rollout) => {
    const rule = destinationRuleRef({ spec, rollout, resources })
    const services = namedVirtualServices({ spec, rollout, resources })
    return [...services.map(({ ref }) => ref), ...(rule === undefined ? [] : [rule])]
  },
  validate: (spec, rollout, known) => errorsOf({ spec, rollout, known, resources }),
  desire: (intent, spec, rollout, known) => writesOf(intent, { spec, rollout, known, resources }),
  // Pods of a Deployment that takes the place of the Rollout have no revision of it.
  free: (spec, rollout, known) => freeingWrites({ spec, rollout, known, resources }),
  // Everything is sent to stable before its subset is no longer told apart.
  leave: (intent, spec, rollout, known) => {
    const scene = { spec, rollout, known, resources }
    return [...serviceWrites(foundServices(scene), rolesIn(intent, scene), intent, scene), ...freeingWrites(scene)]
  },
  // Istio reports nothing about what its proxies have taken over.
  verify: (_intent, spec, rollout, known) => verificationOf(foundServices({ spec, rollout, known, resources })),
})
