import type { FieldError } from '../api/field-error.ts'
import type { TrafficRouting } from '../api/traffic-routing.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson, listOr, objectOr, stringOr } from '../lib/json-value.ts'
import type { ObjectRef, ObjectWrite, TrafficIntent } from './router.ts'

/** What the published controller tells people about a write to a routing object; notifications are triggered by it. */
export interface WriteEvents {
  /** When it is done, in their order. */
  readonly done?: readonly KubeEvent[]
  /** When the API server refuses it, by what that says. */
  readonly failed?: (message: string) => KubeEvent
}

const normal = (reason: string, message: string): KubeEvent => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): KubeEvent => ({ type: 'Warning', reason, message })

/** What a write was decided by. */
export interface WriteContext {
  readonly intent: TrafficIntent
  readonly routing: DeepReadonly<TrafficRouting>
  /** The object as it is before the write. */
  readonly live?: DeepReadonly<StoredObject> | undefined
}

type Tell = (write: ObjectWrite, context: WriteContext) => WriteEvents

const nameOf = (route: unknown): string => stringOr(objectOr(route).name) ?? ''

/**
 * A VirtualService is written once for what the published controller writes one after the other: routes of steps, their
 * removal, the weights.
 */
const ofVirtualService = (write: ObjectWrite, { intent, live }: WriteContext): readonly KubeEvent[] => {
  const { name } = write.ref
  const told = (what: string): KubeEvent => normal('Updated VirtualService', `VirtualService \`${name}\` ${what}`)
  const before = listOr(objectOr(live?.spec).http)
  const after = write.type === 'patch' ? objectOr(write.patch.spec).http : undefined
  const managed = new Set(intent.managedRoutes)
  const isManaged = (route: unknown): boolean => managed.has(nameOf(route))
  const there = new Set(before.map(nameOf))
  const added = (routes: readonly { readonly name: string }[], what: string): readonly KubeEvent[] =>
    routes.filter((route) => !there.has(route.name)).map((route) => told(`set ${what} '${route.name}'`))
  const wanted = intent.headerRoutes.length + intent.mirrorRoutes.length
  const isRemoval = wanted === 0 && before.some(isManaged)
  const isAbout = (routes: readonly unknown[]): readonly unknown[] => routes.filter((route) => !isManaged(route))
  const isWeighted = after === undefined || !equalJson(isAbout(before), isAbout(listOr(after)))
  return [
    ...(isRemoval ? [told('removed all managed routes.')] : []),
    ...(isWeighted ? [told(`set to desiredWeight '${intent.canary.weight}'`)] : []),
    ...added(intent.headerRoutes, 'headerRoute'),
    ...added(intent.mirrorRoutes, 'mirrorRoute'),
  ]
}

const ofIstio: Tell = (write, context) => {
  const { name, resource } = write.ref
  if (resource.kind !== 'DestinationRule') return { done: ofVirtualService(write, context) }
  const { canary, stable } = context.intent
  const { canarySubsetName = '', stableSubsetName = '' } = context.routing.istio?.destinationRule ?? {}
  const subsets = `${canarySubsetName}: ${canary.podTemplateHash}, ${stableSubsetName}: ${stable.podTemplateHash}`
  return { done: [normal('UpdatedDestinationRule', `DestinationRule ${name} subset updated (${subsets})`)] }
}

const ofNginx: Tell = (
  { type, ref: { name } },
  {
    intent: {
      canary: { weight },
    },
  },
) => {
  if (type === 'delete') return {}
  const done =
    type === 'create'
      ? normal('CreatingCanaryIngress', `Creating canary ingress \`${name}\` with weight \`${weight}\``)
      : normal('PatchingCanaryIngress', `Updating Ingress \`${name}\` to desiredWeight '${weight}'`)
  return { done: [done] }
}

const ofAlb: Tell = (
  { ref: { name } },
  {
    intent: {
      canary: { weight },
    },
  },
) => ({
  done: [normal('PatchingALBIngress', `Updating Ingress \`${name}\` to desiredWeight '${weight}'`)],
})

const ofSmi: Tell = ({ type, ref: { name } }) => {
  if (type !== 'create') return {}
  return {
    done: [normal('TrafficSplitCreated', `TrafficSplit \`${name}\` created`)],
    failed: (message) => normal('TrafficSplitNotCreated', `TrafficSplit \`${name}\` failed creation: ${message}`),
  }
}

const quoted = (name: string): string => `"${name}"`

const ofAmbassador: Tell = (
  { type, ref: { name } },
  {
    intent: {
      canary: { weight },
    },
  },
) => {
  const failed = {
    create: (message: string) => warning('CanaryMappingCreationError', `Error creating canary mapping: ${message}`),
    patch: (message: string) =>
      warning('CanaryMappingUpdateError', `Error updating canary mapping ${quoted(name)}: ${message}`),
    delete: (message: string) =>
      warning('CanaryMappingCleanupError', `Error deleting canary mapping ${quoted(name)}: ${message}`),
  }[type]
  if (type === 'delete') return { failed }
  return { done: [normal('CanaryMappingWeightUpdate', `Set canary mapping weight to ${weight}`)], failed }
}

const ofTraefik: Tell = ({ ref: { name } }) => ({
  failed: (message) =>
    warning('TraefikServiceUpdateError', `Error updating traefik service ${quoted(name)}: ${message}`),
})

const ofApisix: Tell = ({ type, ref: { name } }) => ({
  failed: {
    create: (message: string) =>
      warning('ApisixRouteCreateError', `Error create apisix route ${quoted(name)}: ${message}`),
    patch: (message: string) =>
      warning('ApisixRouteUpdateError', `Error updating apisix route ${quoted(name)}: ${message}`),
    delete: (message: string) =>
      warning('ApisixRouteDeleteError', `Error deleting apisix route ${quoted(name)}: ${message}`),
  }[type],
})

/** By the name of the router. Those that are additions to the published API, and Gateway API and plugins, have none. */
const tellers: Readonly<Record<string, Tell>> = {
  istio: ofIstio,
  nginx: ofNginx,
  alb: ofAlb,
  smi: ofSmi,
  ambassador: ofAmbassador,
  traefik: ofTraefik,
  apisix: ofApisix,
}

/** The events that go with a write of this router, as the published controller words them. */
export const eventsOfWrite = (router: string, write: ObjectWrite, context: WriteContext): WriteEvents =>
  tellers[router]?.(write, context) ?? {}

type TellMissing = (ref: ObjectRef, routing: DeepReadonly<TrafficRouting>) => KubeEvent

const inNamespace = (kind: string, name: string, { namespace }: ObjectRef): KubeEvent =>
  warning(`${kind.split(' ')[0]}NotFound`, `${kind} \`${name}\` not found in namespace \`${namespace}\``)

const mappingNotFound: TellMissing = ({ name }) =>
  warning('AmbassadorMappingNotFound', `Ambassador mapping ${quoted(name)} not found`)

/** The published events about an object that is not there, by its group and kind. */
const missing: Readonly<Record<string, TellMissing>> = {
  'networking.istio.io/VirtualService': ({ name }) =>
    warning('VirtualServiceNotFound', `VirtualService \`${name}\` not found`),
  'networking.istio.io/DestinationRule': ({ name }) =>
    warning('DestinationRuleNotFound', `DestinationRule \`${name}\` not found`),
  'getambassador.io/Mapping': mappingNotFound,
  'x.getambassador.io/AmbassadorMapping': mappingNotFound,
  'appmesh.k8s.aws/VirtualService': (ref) => inNamespace('VirtualService', ref.name, ref),
  // As published, it is named by the VirtualService that leads to it.
  'appmesh.k8s.aws/VirtualRouter': (ref, { appMesh }) =>
    inNamespace('VirtualRouter for', appMesh?.virtualService?.name ?? '', ref),
  'appmesh.k8s.aws/VirtualNode': (ref) => inNamespace('VirtualNode', ref.name, ref),
}

/** The event about a routing object that is not there; `undefined` where the published controller sends none. */
export const eventOfMissing = (ref: ObjectRef, routing: DeepReadonly<TrafficRouting>): KubeEvent | undefined =>
  missing[`${ref.resource.group}/${ref.resource.kind}`]?.(ref, routing)

/** A Mapping that has a weight of its own, which only its canary copy may have. */
const weightedMapping = /^Ambassador mapping ".*" can not define weight$/

/** The event about a fault of routing objects; `undefined` where the published controller has none of its own. */
export const eventOfFault = ({ detail }: FieldError): KubeEvent | undefined =>
  weightedMapping.test(detail) ? warning('AmbassadorMappingConfigError', detail) : undefined
