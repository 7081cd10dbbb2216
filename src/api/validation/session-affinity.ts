import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, invalid } from '../field-error.ts'
import type { SessionAffinity } from '../session-affinity.ts'
import { cookieName } from './request-conditions.ts'

const at = 'spec.strategy.canary.trafficRouting.sessionAffinity'

/** What an attribute of a cookie may hold: no control character and no semicolon (RFC 6265, 4.1.1). */
const attribute = /^[\x20-\x3a\x3c-\x7e]+$/

const attributeErrors = (field: 'path' | 'domain', value: string | undefined): readonly FieldError[] =>
  value === undefined || attribute.test(value)
    ? []
    : [invalid(`${at}.${field}`, value, 'must not be empty, nor have a semicolon or a control character')]

/** Faults of `trafficRouting.sessionAffinity` in itself. */
export const sessionAffinityErrors = (affinity: DeepReadonly<SessionAffinity> | undefined): readonly FieldError[] => {
  if (affinity === undefined) return []
  const { cookieName: name, maxAge = 1, path, domain, secure = false, sameSite, partitioned = false } = affinity
  const insecure = 'needs `secure: true`: browsers drop the cookie otherwise'
  return [
    ...(cookieName.test(name) ? [] : [invalid(`${at}.cookieName`, name, 'must be a name that a cookie can have')]),
    ...(maxAge > 0 ? [] : [invalid(`${at}.maxAge`, maxAge, 'must be greater than 0')]),
    ...attributeErrors('path', path),
    ...attributeErrors('domain', domain),
    ...(sameSite === 'None' && !secure ? [invalid(`${at}.sameSite`, sameSite, insecure)] : []),
    ...(partitioned && !secure ? [invalid(`${at}.partitioned`, partitioned, insecure)] : []),
  ]
}
