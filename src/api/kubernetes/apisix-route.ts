import type { ObjectMeta } from './object-meta.ts'

/** A Service behind a rule; weights of one rule are relative to each other, 100 where it is absent. */
export type ApisixBackend = { serviceName: string; servicePort?: number | string; weight?: number }

/** A condition on a request; all of a rule must hold. */
export type ApisixExpression = {
  subject: { scope: string; name?: string }
  op: string
  value?: string
  set?: string[]
}

/** A rule for HTTP: among several that match, the one with the highest priority counts; 0 where it is absent. */
export type ApisixHttpRule = {
  name: string
  priority?: number
  match?: { paths?: string[]; hosts?: string[]; methods?: string[]; exprs?: ApisixExpression[] }
  backends?: ApisixBackend[]
}

/** An ApisixRoute (Apache APISIX, `apisix.apache.org/v2`): the fields that we read by name. All others are kept. */
export type ApisixRoute = {
  apiVersion: string
  kind: 'ApisixRoute'
  metadata: ObjectMeta
  spec: { ingressClassName?: string; http?: ApisixHttpRule[] }
}
