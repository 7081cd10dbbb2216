import { useApp } from './app-context.tsx'
import { Icon } from './icon.tsx'

/** Marks a Rollout as a favourite, or no longer. */
export const FavoriteButton = ({ name }: { name: string }) => {
  const { state, session } = useApp()
  const isOn = state.favorites[name] === true
  return (
    <button
      type="button"
      class={isOn ? 'plain star on' : 'plain star'}
      aria-pressed={isOn}
      aria-label={`Favourite ${name}`}
      onClick={() => session.toggleFavorite(name)}
    >
      <Icon name="star" />
    </button>
  )
}
