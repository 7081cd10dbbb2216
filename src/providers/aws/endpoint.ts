import type { Host } from '../surroundings.ts'

/** Domains of the partitions of AWS that have their own, by the beginning of their regions' names. */
const domains: readonly (readonly [string, string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eusc-', 'amazonaws.eu'],
]

/**
 * Address of a service in a region: the one that `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` names, as all of AWS' own tools take
 * it, or the public one. `id` is the service in the name of that variable, `host` in the name of the public host.
 */
export const awsEndpoint = (service: { id: string; host: string }, region: string, env: Host['env']): string => {
  const own = env[`AWS_ENDPOINT_URL_${service.id}`] || env.AWS_ENDPOINT_URL
  if (own) return own.replace(/\/+$/, '')
  const [, domain = 'amazonaws.com'] = domains.find(([prefix]) => region.startsWith(prefix)) ?? []
  return `https://${service.host}.${region}.${domain}`
}
