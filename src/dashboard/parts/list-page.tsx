import { useMemo, useRef } from 'preact/hooks'
import { countsOf, type Filters, filterOf, noFilters, type SortColumn } from '../model/filters.ts'
import { sorted } from '../model/sort.ts'
import { useApp } from './app-context.tsx'
import { useListKeys } from './list-keys.tsx'
import { Notice } from './notice.tsx'
import { Pager } from './pager.tsx'
import { RolloutCard } from './rollout-card.tsx'
import { RolloutTable } from './rollout-table.tsx'
import { Toolbar } from './toolbar.tsx'

const Empty = ({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) => {
  const { state } = useApp()
  if (state.list.loading) return <p class="notice quiet">Loading…</p>
  if (isFiltered) {
    return (
      <div class="notice">
        <p>Nothing matches the filters.</p>
        <button type="button" onClick={onClear}>
          Clear filters
        </button>
      </div>
    )
  }
  return (
    <div class="notice">
      <p>
        There are no Rollouts in namespace <b>{state.namespace}</b>. Choose another one above, or create one:
      </p>
      <pre>kubectl apply -n {state.namespace} -f rollout.yaml</pre>
    </div>
  )
}

const useShown = (filters: Filters) => {
  const { list, favorites, page, pageSize } = useApp().state
  const found = useMemo(
    () => sorted([...list.infos.values()].filter(filterOf(filters, favorites)), filters, favorites),
    [list.infos, filters, favorites],
  )
  return { total: found.length, shown: found.slice(page * pageSize, (page + 1) * pageSize) }
}

/** The Rollouts of a namespace. */
export const ListPage = ({ filters }: { filters: Filters }) => {
  const { state, session } = useApp()
  const { list, favorites, namespace } = state
  const searchRef = useRef<HTMLInputElement>(null)
  const listRef = useRef<HTMLElement>(null)
  const counts = useMemo(() => countsOf([...list.infos.values()], favorites), [list.infos, favorites])
  const { total, shown } = useShown(filters)
  const change = (next: Filters, how: 'push' | 'replace'): void =>
    session.go({ view: 'list', ...(namespace !== undefined && { namespace }), filters: next }, how)
  const clear = (): void => change({ ...noFilters, display: filters.display }, 'push')
  const sort = (column: SortColumn): void =>
    change({ ...filters, sort: column, descending: filters.sort === column && !filters.descending }, 'push')
  useListKeys({ searchRef, listRef, onClear: () => change({ ...filters, search: '' }, 'replace') })
  return (
    <>
      <Toolbar filters={filters} counts={counts} searchRef={searchRef} onChange={change} />
      {list.error !== undefined && <Notice text={list.error} />}
      <section ref={listRef} class={filters.display} aria-label="Rollouts" aria-busy={list.loading}>
        {filters.display === 'table' && shown.length > 0 ? (
          <RolloutTable infos={shown} filters={filters} onSort={sort} />
        ) : (
          shown.map((info) => <RolloutCard key={info.objectMeta.name} info={info} />)
        )}
      </section>
      {total === 0 && list.error === undefined && <Empty isFiltered={list.infos.size > 0} onClear={clear} />}
      <Pager total={total} />
    </>
  )
}
