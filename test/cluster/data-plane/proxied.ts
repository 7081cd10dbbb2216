import type { Manifest } from '../harness/manifest.ts'
import { contourGateway } from './contour.ts'
import type { DataPlane } from './data-plane.ts'
import { anHttpProxy, aRoute, traefikServices } from './manifest.ts'
import type { RunningProxy } from './running-proxy.ts'

/** A way in which a proxy gets its weights. */
export interface Proxied {
  readonly name: string
  /** `trafficRouting` of the Rollout. */
  readonly trafficRouting: object
  /** What the users of the product keep themselves: the objects whose weights it sets. */
  readonly objects: (host: string) => readonly Manifest[]
  /** The proxy that reads them. @throws HarnessError when it does not start */
  readonly proxy: (dataPlane: DataPlane) => RunningProxy | Promise<RunningProxy>
}

/** The Gateway API, by Traefik. */
export const byHttpRoute: Proxied = {
  name: 'http-route',
  trafficRouting: { gatewayAPI: { httpRoute: 'shop' } },
  objects: (host) => [aRoute(host)],
  proxy: ({ traefik }) => traefik,
}

/** Traefik's own kinds. */
export const byTraefikService: Proxied = {
  name: 'traefik-service',
  trafficRouting: { traefik: { weightedTraefikServiceName: 'shop', mirroringTraefikServiceName: 'shop-mirror' } },
  objects: traefikServices,
  proxy: ({ traefik }) => traefik,
}

/** The Gateway API, by Envoy as Contour tells it. */
export const byEnvoyRoute: Proxied = {
  name: 'envoy-route',
  trafficRouting: { gatewayAPI: { httpRoute: 'shop' } },
  objects: (host) => [aRoute(host, { gateway: contourGateway })],
  proxy: ({ envoy }) => envoy(),
}

/** Contour's own kind, by Envoy. */
export const byHttpProxy: Proxied = {
  name: 'http-proxy',
  trafficRouting: { contour: { httpProxies: ['shop'] } },
  objects: (host) => [anHttpProxy(host)],
  proxy: ({ envoy }) => envoy(),
}
