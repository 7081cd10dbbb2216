import type { TrafficRouting } from '../api/traffic-routing.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ObjectWrite, TrafficIntent } from './router.ts'

/** What the published controller tells people about a write to a routing object; notifications are triggered by it. */
export interface WriteEvents {
  /** When it is done. */
  readonly done?: KubeEvent
  /** When the API server refuses it, by what that says. */
  readonly failed?: (message: string) => KubeEvent
}

const normal = (reason: string, message: string): KubeEvent => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): KubeEvent => ({ type: 'Warning', reason, message })

type Tell = (write: ObjectWrite, intent: TrafficIntent, routing: DeepReadonly<TrafficRouting>) => WriteEvents

const ofIstio: Tell = ({ ref: { name, resource } }, { canary, stable }, { istio }) => {
  if (resource.kind === 'DestinationRule') {
    const { canarySubsetName = '', stableSubsetName = '' } = istio?.destinationRule ?? {}
    const subsets = `${canarySubsetName}: ${canary.podTemplateHash}, ${stableSubsetName}: ${stable.podTemplateHash}`
    return { done: normal('UpdatedDestinationRule', `DestinationRule ${name} subset updated (${subsets})`) }
  }
  return {
    done: normal('Updated VirtualService', `VirtualService \`${name}\` set to desiredWeight '${canary.weight}'`),
  }
}

const ofNginx: Tell = ({ type, ref: { name } }, { canary: { weight } }) => {
  if (type === 'delete') return {}
  const done =
    type === 'create'
      ? normal('CreatingCanaryIngress', `Creating canary ingress \`${name}\` with weight \`${weight}\``)
      : normal('PatchingCanaryIngress', `Updating Ingress \`${name}\` to desiredWeight '${weight}'`)
  return { done }
}

const ofAlb: Tell = ({ ref: { name } }, { canary: { weight } }) => ({
  done: normal('PatchingALBIngress', `Updating Ingress \`${name}\` to desiredWeight '${weight}'`),
})

const ofSmi: Tell = ({ type, ref: { name } }) => {
  if (type !== 'create') return {}
  return {
    done: normal('TrafficSplitCreated', `TrafficSplit \`${name}\` created`),
    failed: (message) => normal('TrafficSplitNotCreated', `TrafficSplit \`${name}\` failed creation: ${message}`),
  }
}

const quoted = (name: string): string => `"${name}"`

const ofAmbassador: Tell = ({ type, ref: { name } }, { canary: { weight } }) => {
  const failed = {
    create: (message: string) => warning('CanaryMappingCreationError', `Error creating canary mapping: ${message}`),
    patch: (message: string) =>
      warning('CanaryMappingUpdateError', `Error updating canary mapping ${quoted(name)}: ${message}`),
    delete: (message: string) =>
      warning('CanaryMappingCleanupError', `Error deleting canary mapping ${quoted(name)}: ${message}`),
  }[type]
  if (type === 'delete') return { failed }
  return { done: normal('CanaryMappingWeightUpdate', `Set canary mapping weight to ${weight}`), failed }
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
export const eventsOfWrite = (
  router: string,
  write: ObjectWrite,
  intent: TrafficIntent,
  routing: DeepReadonly<TrafficRouting>,
): WriteEvents => tellers[router]?.(write, intent, routing) ?? {}

/** The published events about an object that is not there, by its kind. */
const missing: Readonly<Record<string, (name: string) => KubeEvent>> = {
  VirtualService: (name) => warning('VirtualServiceNotFound', `VirtualService \`${name}\` not found`),
  DestinationRule: (name) => warning('DestinationRuleNotFound', `DestinationRule \`${name}\` not found`),
  Mapping: (name) => warning('AmbassadorMappingNotFound', `Ambassador mapping ${quoted(name)} not found`),
}

/** The event about a routing object of this kind that is not there; `undefined` where the published controller sends none. */
export const eventOfMissing = (kind: string, name: string): KubeEvent | undefined => missing[kind]?.(name)
