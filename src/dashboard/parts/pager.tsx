import { useApp } from './app-context.tsx'

const pageSizes = [10, 20, 50, 100] as const

/** Leads through the pages of a list that is longer than one. */
export const Pager = ({ total }: { total: number }) => {
  const { state, dispatch } = useApp()
  const { page, pageSize } = state
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const show = (next: number): void => dispatch({ type: 'paged', page: next, pageSize })
  if (total <= pageSizes[0]) return null
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" disabled={page === 0} onClick={() => show(page - 1)}>
        Previous
      </button>
      <span class="number">
        {page + 1} of {pages}
      </span>
      <button type="button" disabled={page + 1 >= pages} onClick={() => show(page + 1)}>
        Next
      </button>
      <label>
        <select
          value={pageSize}
          onChange={(event) => dispatch({ type: 'paged', page: 0, pageSize: Number(event.currentTarget.value) })}
        >
          {pageSizes.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>{' '}
        a page
      </label>
    </nav>
  )
}
