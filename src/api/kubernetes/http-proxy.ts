import type { Condition } from './condition.ts'
import type { ObjectMeta } from './object-meta.ts'

/** A condition of a route: one of a path, or one on a header or another part of the request. All must hold. */
export type HttpProxyCondition = {
  prefix?: string
  exact?: string
  regex?: string
  header?: { name: string; exact?: string; regex?: string }
  queryParameter?: { name: string }
}

/** A Service with its relative weight; one that mirrors gets copies, and its weight is their share in per cent. */
export type HttpProxyService = { name: string; port: number; weight?: number; mirror?: boolean }

/** A route: requests that meet all conditions go to the Services by their weights. */
export type HttpProxyRoute = { conditions?: HttpProxyCondition[]; services?: HttpProxyService[] }

/** An HTTPProxy (Contour, `projectcontour.io/v1`). */
export type HttpProxy = {
  apiVersion: string
  kind: 'HTTPProxy'
  metadata: ObjectMeta
  spec: { routes?: HttpProxyRoute[]; tcpproxy?: { services?: HttpProxyService[] } }
  status?: { conditions?: Condition[]; description?: string }
}
