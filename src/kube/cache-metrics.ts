import type { Metrics, Sample } from '../telemetry/metrics.ts'
import type { SharedInformer } from './shared-informer.ts'

type Cache = Pick<SharedInformer<unknown>, 'scope' | 'store' | 'current'>

/** One value for each kind, of which there may be several caches. */
const byKind = (
  caches: readonly Cache[],
  read: (cache: Cache) => number,
  join: (left: number, right: number) => number,
): Iterable<Sample<'kind'>> => {
  const values = new Map<string, number>()
  for (const cache of caches) {
    const { kind } = cache.scope.resource
    const before = values.get(kind)
    values.set(kind, before === undefined ? read(cache) : join(before, read(cache)))
  }
  return [...values].map(([kind, value]) => ({ labels: { kind }, value }))
}

/** Defines how large the caches are and whether they follow what happens. Computed when it is read. */
export const defineCacheMetrics = (metrics: Metrics, caches: () => readonly Cache[]): void => {
  metrics.observed({ name: 'crossfade_cache_objects', help: 'Objects in the caches, by kind.', labels: ['kind'] }, () =>
    byKind(
      caches(),
      ({ store }) => store.size,
      (left, right) => left + right,
    ),
  )
  metrics.observed(
    {
      name: 'crossfade_cache_current',
      help: 'Whether the caches of a kind follow what happens: 0 while the API server cannot be read.',
      labels: ['kind'],
    },
    () => byKind(caches(), ({ current }) => (current ? 1 : 0), Math.min),
  )
}
