import { useEffect } from 'preact/hooks'
import { actionKinds } from '../model/actions.ts'
import { listOf } from '../model/route.ts'
import { ActionBar } from './action-bar.tsx'
import { useApp } from './app-context.tsx'
import { FavoriteButton } from './favorite-button.tsx'
import { Icon } from './icon.tsx'
import { ImagePanel } from './image-panel.tsx'
import { Link } from './link.tsx'
import { Notice } from './notice.tsx'
import { PhaseBadge } from './phase-badge.tsx'
import { RevisionPanel } from './revision-panel.tsx'
import { StepList } from './step-list.tsx'
import { SummaryPanel } from './summary-panel.tsx'

/** Escape leads back to the list, unless something else takes it first. */
const useEscape = (run: () => void): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !(event.target instanceof HTMLInputElement)) run()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

/** A Rollout with everything that belongs to it. */
export const DetailPage = ({ name }: { name: string }) => {
  const { state, session } = useApp()
  const { info, error } = state.detail
  const list = listOf(state.namespace)
  useEscape(() => {
    if (state.dialog === undefined) session.go(list)
  })
  return (
    <>
      <div class="heading">
        <Link to={list} class="back">
          <Icon name="back" /> Rollouts
        </Link>
        <h1>{name}</h1>
        <FavoriteButton name={name} />
        {info && <PhaseBadge phase={info.status} />}
        {info && <ActionBar info={info} kinds={actionKinds} />}
      </div>
      {info?.message !== undefined && info.message !== '' && <p class="message">{info.message}</p>}
      {error !== undefined && <Notice text={error} />}
      {info === undefined && error === undefined && <p class="notice quiet">Loading…</p>}
      {info && (
        <div class="detail">
          <div class="column">
            <SummaryPanel info={info} />
            <StepList info={info} />
          </div>
          <div class="column">
            <ImagePanel key={name} info={info} />
            <RevisionPanel info={info} />
          </div>
        </div>
      )}
    </>
  )
}
