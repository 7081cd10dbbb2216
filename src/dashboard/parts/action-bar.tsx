import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import { type ActionKind, actionLabels, isEnabled } from '../model/actions.ts'
import { useApp } from './app-context.tsx'

interface ActionBarProps {
  readonly info: RolloutInfo
  readonly kinds: readonly ActionKind[]
}

/** Buttons for what can be done with a Rollout. Each asks before it does anything. */
export const ActionBar = ({ info, kinds }: ActionBarProps) => {
  const { state, dispatch } = useApp()
  const { name } = info.objectMeta
  const namespace = info.objectMeta.namespace ?? state.namespace ?? ''
  const isBusy = state.busy.includes(`${namespace}/${name}`)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is part of a form, and there is none.
    <div class="actions" role="group" aria-label={`Actions for ${name}`}>
      {kinds.map((kind) => (
        <button
          key={kind}
          type="button"
          disabled={isBusy || !isEnabled(kind, info)}
          onClick={() =>
            dispatch({ type: 'dialog opened', dialog: { kind: 'confirm', commands: [{ kind }], namespace, name } })
          }
        >
          {actionLabels[kind]}
        </button>
      ))}
    </div>
  )
}
