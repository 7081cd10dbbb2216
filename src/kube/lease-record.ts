import type { JsonObject } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'

/** The fields of a coordination.k8s.io/v1 Lease that an election reads and writes. Times are MicroTime strings. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holderIdentity: string
  readonly leaseDurationSeconds: number
  readonly acquireTime: string
  readonly renewTime: string
  readonly leaseTransitions: number
}

/** `metav1.MicroTime`: RFC 3339 with exactly six decimals, which the API server insists on. */
export const microTime = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, -1)}000Z`

/** Reads a Lease leniently: whatever somebody wrote there, the election must be able to go on. */
export const readLease = (lease: JsonObject): LeaseRecord => {
  const spec = isJsonObject(lease.spec) ? lease.spec : {}
  const text = (key: string): string => {
    const value = spec[key]
    return typeof value === 'string' ? value : ''
  }
  const number = (key: string): number => {
    const value = spec[key]
    return typeof value === 'number' ? value : 0
  }
  return {
    holderIdentity: text('holderIdentity'),
    leaseDurationSeconds: number('leaseDurationSeconds'),
    acquireTime: text('acquireTime'),
    renewTime: text('renewTime'),
    leaseTransitions: number('leaseTransitions'),
  }
}

/** The Lease with another record; what else is in it stays. */
export const withRecord = (lease: JsonObject, record: LeaseRecord): JsonObject => ({
  ...lease,
  spec: { ...(isJsonObject(lease.spec) ? lease.spec : {}), ...record },
})
