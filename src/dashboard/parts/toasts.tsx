import { useApp } from './app-context.tsx'
import { Icon, ToneIcon } from './icon.tsx'

/** Messages at the edge of the page: read aloud as they come, and closed by hand. */
export const Toasts = () => {
  const { state, dispatch } = useApp()
  return (
    <div class="toasts" role="status" aria-live="polite">
      {state.toasts.map(({ id, tone, title, text }) => (
        <div key={id} class={`toast ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
          <ToneIcon tone={tone} />
          <div>
            <strong>{title}</strong>
            {text !== '' && <p>{text}</p>}
          </div>
          <button
            type="button"
            class="plain"
            aria-label="Dismiss"
            onClick={() => dispatch({ type: 'toast dismissed', id })}
          >
            <Icon name="bad" />
          </button>
        </div>
      ))}
    </div>
  )
}
