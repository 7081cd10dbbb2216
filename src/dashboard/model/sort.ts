import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import type { Favorites, SortColumn } from './filters.ts'
import { stepPosition } from './steps.ts'
import { percentOf } from './weights.ts'

type Compare = (a: RolloutInfo, b: RolloutInfo) => number

/** Made once: a comparison that is told its rules each time takes a hundred times as long. */
const { compare: compareTexts } = new Intl.Collator(undefined, { numeric: true })

const byText =
  (text: (info: RolloutInfo) => string): Compare =>
  (a, b) =>
    compareTexts(text(a), text(b))

const byNumber =
  (number: (info: RolloutInfo) => number): Compare =>
  (a, b) =>
    number(a) - number(b)

/** How far a release is: what has no steps stands before all that have. */
const progress = (info: RolloutInfo): number => {
  const position = stepPosition(info)
  return position === undefined ? -1 : position.done / Math.max(position.total, 1)
}

const columns: Readonly<Record<SortColumn, Compare>> = {
  name: byText(({ objectMeta }) => objectMeta.name),
  strategy: byText(({ strategy }) => strategy ?? ''),
  step: byNumber(progress),
  weight: byNumber(({ setWeight }) => percentOf(setWeight) ?? -1),
  replicas: byNumber(({ desired }) => desired ?? 0),
  status: byText(({ status }) => status ?? ''),
}

/** Orders a list: favourites first, as the published page does, then by the column, and by name where that is equal. */
export const sorted = (
  infos: readonly RolloutInfo[],
  { sort, descending }: { readonly sort: SortColumn; readonly descending: boolean },
  favorites: Favorites,
): RolloutInfo[] => {
  const sign = descending ? -1 : 1
  const favorite = byNumber(({ objectMeta }) => (favorites[objectMeta.name] === true ? 0 : 1))
  return [...infos].sort((a, b) => favorite(a, b) || sign * columns[sort](a, b) || columns.name(a, b))
}
