import type { AuditEntry } from '../harness/audit.ts'

/** How often something was asked, such as `patch rollouts/status`. */
export type Requests = Readonly<Record<string, number>>

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** Requests by verb and resource, the most frequent first. */
export function byVerb(entries: readonly AuditEntry[]): Requests {
  const counts = new Map<string, number>()
  for (const { verb, objectRef, responseStatus } of entries) {
    const { resource = '?', subresource } = objectRef ?? {}
    const failed = (responseStatus?.code ?? 0) >= 400 ? ` ${responseStatus?.code}` : ''
    const name = `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}${failed}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}

/** The requests that change something, besides events and leases. */
export function writesOf(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const uncounted = ['events', 'leases']
  return entries.filter(({ verb, objectRef }) => !reads.has(verb) && !uncounted.includes(objectRef?.resource ?? ''))
}
