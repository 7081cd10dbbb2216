import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import { searchFor } from './search.ts'

/** Phases that the list counts, in their order. */
export const countedPhases = ['Progressing', 'Degraded', 'Paused', 'Healthy'] as const

/** A phase that has a counter. */
export type CountedPhase = (typeof countedPhases)[number]

/** Columns by which the list can be ordered. */
export const sortColumns = ['name', 'strategy', 'step', 'weight', 'replicas', 'status'] as const

/** See {@link sortColumns}. */
export type SortColumn = (typeof sortColumns)[number]

/** What of the list is shown, and how. All of it stands in the address, so that a link shows the same. */
export interface Filters {
  readonly search: string
  readonly phases: readonly CountedPhase[]
  readonly favorites: boolean
  readonly attention: boolean
  readonly display: 'grid' | 'table'
  readonly sort: SortColumn
  readonly descending: boolean
}

/** Everything, by name. */
export const noFilters: Filters = {
  search: '',
  phases: [],
  favorites: false,
  attention: false,
  display: 'grid',
  sort: 'name',
  descending: false,
}

/** Reads filters from the query of an address. The names are the published page's; `sort` and `order` are additions. */
export const filtersFromQuery = (query: string): Filters => {
  const params = new URLSearchParams(query)
  const isOn = (name: string): boolean => params.get(name) === 'true'
  return {
    search: params.get('name') ?? '',
    phases: countedPhases.filter(isOn),
    favorites: isOn('showFavorites'),
    attention: isOn('showRequiresAttention'),
    display: params.get('displayMode') === 'table' ? 'table' : 'grid',
    sort: sortColumns.find((column) => column === params.get('sort')) ?? 'name',
    descending: params.get('order') === 'desc',
  }
}

/** Writes filters as the query of an address, with its question mark; nothing where all are as at the beginning. */
export const queryFromFilters = (filters: Filters): string => {
  const params = new URLSearchParams()
  if (filters.display === 'table') params.set('displayMode', 'table')
  if (filters.search !== '') params.set('name', filters.search)
  if (filters.favorites) params.set('showFavorites', 'true')
  if (filters.attention) params.set('showRequiresAttention', 'true')
  for (const phase of filters.phases) params.set(phase, 'true')
  if (filters.sort !== 'name') params.set('sort', filters.sort)
  if (filters.descending) params.set('order', 'desc')
  const query = params.toString()
  return query === '' ? '' : `?${query}`
}

/** Names of Rollouts that somebody has marked, as the published page stores them. */
export type Favorites = Readonly<Record<string, true>>

/** Whether somebody should look at a Rollout: it failed, nobody knows how it is, or it is paused by no step of its own. */
export const needsAttention = ({ status, message }: RolloutInfo): boolean =>
  status === 'Unknown' || status === 'Degraded' || (status === 'Paused' && message !== 'CanaryPauseStep')

/** Whether the filters leave a Rollout in the list: all kinds of filters that are set must, of several phases one. */
export const filterOf = (filters: Filters, favorites: Favorites): ((info: RolloutInfo) => boolean) => {
  const found = searchFor(filters.search)
  return (info) =>
    found({ name: info.objectMeta.name, labels: info.objectMeta.labels ?? {} }) &&
    (!filters.favorites || favorites[info.objectMeta.name] === true) &&
    (!filters.attention || needsAttention(info)) &&
    (filters.phases.length === 0 || filters.phases.some((phase) => phase === info.status))
}

/** How many Rollouts each filter would show. */
export interface Counts {
  readonly phases: Readonly<Record<CountedPhase, number>>
  readonly favorites: number
  readonly attention: number
}

/** Counts all Rollouts of the namespace, whatever is shown. */
export const countsOf = (infos: readonly RolloutInfo[], favorites: Favorites): Counts => {
  const count = (test: (info: RolloutInfo) => boolean): number => infos.filter(test).length
  const inPhase = (phase: CountedPhase): number => count(({ status }) => status === phase)
  return {
    phases: {
      Progressing: inPhase('Progressing'),
      Degraded: inPhase('Degraded'),
      Paused: inPhase('Paused'),
      Healthy: inPhase('Healthy'),
    },
    favorites: count(({ objectMeta }) => favorites[objectMeta.name] === true),
    attention: count(needsAttention),
  }
}
