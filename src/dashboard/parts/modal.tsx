import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useApp } from './app-context.tsx'
import { Icon } from './icon.tsx'

interface ModalProps {
  readonly title: ComponentChildren
  readonly wide?: boolean
  readonly children: ComponentChildren
}

/** Closes the dialog that a button is in, which gives the focus back to where it was: one that is only removed does not. */
export const closeDialog = ({ currentTarget }: { readonly currentTarget: Element }): void =>
  currentTarget.closest('dialog')?.close()

/** A dialog before the page: the browser's own, which keeps the focus and closes by Escape. */
export const Modal = ({ title, wide = false, children }: ModalProps) => {
  const { dispatch } = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={wide ? 'modal wide' : 'modal'}
      aria-labelledby={id}
      onClose={() => dispatch({ type: 'dialog closed' })}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" aria-label="Close" onClick={closeDialog}>
          <Icon name="bad" />
        </button>
      </header>
      {children}
    </dialog>
  )
}
