import type { ReplicaSetInfo, RolloutInfo } from '../../server/dashboard/messages.ts'
import type { Filters, SortColumn } from '../model/filters.ts'
import { rolesOf } from '../model/revisions.ts'
import { routeTo } from '../model/route.ts'
import { ActionBar } from './action-bar.tsx'
import { FavoriteButton } from './favorite-button.tsx'
import { Icon } from './icon.tsx'
import { Link } from './link.tsx'
import { PhaseBadge } from './phase-badge.tsx'
import { Roles } from './replica-set-row.tsx'

const headings: readonly (readonly [SortColumn, string])[] = [
  ['name', 'Name'],
  ['status', 'Status'],
  ['strategy', 'Strategy'],
  ['step', 'Step'],
  ['weight', 'Weight'],
  ['replicas', 'ReplicaSets'],
]

interface HeadingProps {
  readonly column: SortColumn
  readonly text: string
  readonly filters: Filters
  onSort(column: SortColumn): void
}

const Heading = ({ column, text, filters, onSort }: HeadingProps) => {
  const isSorted = filters.sort === column
  return (
    <th scope="col" aria-sort={isSorted ? (filters.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" class="plain" onClick={() => onSort(column)}>
        {text}
        {isSorted && <Icon name={filters.descending ? 'down' : 'up'} />}
      </button>
    </th>
  )
}

const Sets = ({ sets }: { sets: readonly ReplicaSetInfo[] }) => (
  <>
    {sets
      .filter((set) => rolesOf(set).length > 0)
      .map((set) => (
        <div key={set.objectMeta.name} class="row" title={set.objectMeta.name}>
          <Roles roles={rolesOf(set)} />
          <span class="number">
            rev {set.revision ?? 0} ({set.available ?? 0}/{set.replicas ?? 0})
          </span>
        </div>
      ))}
  </>
)

const Row = ({ info }: { info: RolloutInfo }) => (
  <tr>
    <td>
      <FavoriteButton name={info.objectMeta.name} />
    </td>
    <th scope="row" data-label="Name">
      <Link to={routeTo(info.objectMeta)} item>
        {info.objectMeta.name}
      </Link>
    </th>
    <td data-label="Status">
      <PhaseBadge phase={info.status} />
      {info.message !== undefined && info.message !== '' && <p class="message">{info.message}</p>}
    </td>
    <td data-label="Strategy">{info.strategy ?? '–'}</td>
    <td data-label="Step" class="number">
      {info.step ?? '–'}
    </td>
    <td data-label="Weight" class="number">
      {info.setWeight ?? '–'}
    </td>
    <td data-label="ReplicaSets">
      <Sets sets={info.replicaSets ?? []} />
    </td>
    <td>
      <ActionBar info={info} kinds={['restart', 'promote', 'abort', 'retry']} />
    </td>
  </tr>
)

interface RolloutTableProps {
  readonly infos: readonly RolloutInfo[]
  readonly filters: Filters
  onSort(column: SortColumn): void
}

/** Rollouts as a table, whose headings order it. */
export const RolloutTable = ({ infos, filters, onSort }: RolloutTableProps) => (
  <table class="rollouts">
    <thead>
      <tr>
        <th scope="col">
          <span class="hidden">Favourite</span>
        </th>
        {headings.map(([column, text]) => (
          <Heading key={column} column={column} text={text} filters={filters} onSort={onSort} />
        ))}
        <th scope="col">
          <span class="hidden">Actions</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {infos.map((info) => (
        <Row key={info.objectMeta.name} info={info} />
      ))}
    </tbody>
  </table>
)
