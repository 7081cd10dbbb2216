import type { ObjectMeta } from './object-meta.ts'

/** A Service, or another TraefikService, with a weight that is relative to those beside it. */
export type TraefikDestination = {
  name: string
  namespace?: string
  kind?: string
  port?: number | string
  weight?: number
}

/** Who gets copies of requests: the share of them in per cent. */
export type TraefikMirror = Omit<TraefikDestination, 'weight'> & { percent?: number }

/** A TraefikService (Traefik, `traefik.io/v1alpha1`): a weighted one, or one that mirrors what another one serves. */
export type TraefikService = {
  apiVersion: string
  kind: 'TraefikService'
  metadata: ObjectMeta
  spec: {
    weighted?: { services?: TraefikDestination[] }
    mirroring?: Omit<TraefikDestination, 'weight'> & { mirrors?: TraefikMirror[] }
  }
}
