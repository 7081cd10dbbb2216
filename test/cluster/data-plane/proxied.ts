import type { Manifest } from '../harness/manifest.ts'
import { aRoute, traefikServices } from './manifest.ts'

/** A way in which the proxy gets its weights. */
export interface Proxied {
  readonly name: string
  /** `trafficRouting` of the Rollout. */
  readonly trafficRouting: object
  /** What the users of the product keep themselves: the objects whose weights it sets. */
  readonly objects: (host: string) => readonly Manifest[]
}

/** The Gateway API. */
export const byHttpRoute: Proxied = {
  name: 'http-route',
  trafficRouting: { gatewayAPI: { httpRoute: 'shop' } },
  objects: (host) => [aRoute(host)],
}

/** Traefik's own kinds. */
export const byTraefikService: Proxied = {
  name: 'traefik-service',
  trafficRouting: { traefik: { weightedTraefikServiceName: 'shop', mirroringTraefikServiceName: 'shop-mirror' } },
  objects: traefikServices,
}
