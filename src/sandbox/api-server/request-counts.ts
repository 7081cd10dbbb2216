/** One kind of request and how often it came. */
export interface RequestCount {
  readonly user: string
  /** As in audit logs: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string
  /** Plural with group and subresource: `replicasets.apps/status`. */
  readonly resource: string
  readonly count: number
}

/** Counts every request by user, verb and resource, also those that fail. */
export class RequestCounts {
  readonly #counts = new Map<string, number>()

  add(user: string, verb: string, resource: string): void {
    const key = JSON.stringify([user, verb, resource])
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** All counts, or those of one user. */
  list(user?: string): readonly RequestCount[] {
    const all = [...this.#counts].map(([key, count]) => {
      const [by = '', verb = '', resource = '']: readonly string[] = JSON.parse(key)
      return { user: by, verb, resource, count }
    })
    return user === undefined ? all : all.filter((one) => one.user === user)
  }

  /** How many requests match; a member that is not given matches everything. */
  total(match: { user?: string; verb?: string; resource?: string } = {}): number {
    return this.list()
      .filter((one) => match.user === undefined || one.user === match.user)
      .filter((one) => match.verb === undefined || one.verb === match.verb)
      .filter((one) => match.resource === undefined || one.resource === match.resource)
      .reduce((sum, one) => sum + one.count, 0)
  }

  reset(): void {
    this.#counts.clear()
  }
}
