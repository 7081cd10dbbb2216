import { useEffect } from 'preact/hooks'
import type { Dialog } from '../model/state.ts'
import { AnalysisDialog } from './analysis-dialog.tsx'
import { useApp } from './app-context.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { DetailPage } from './detail-page.tsx'
import { Header } from './header.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { ListPage } from './list-page.tsx'
import { Toasts } from './toasts.tsx'

const DialogOf = ({ dialog }: { dialog: Dialog }) => {
  switch (dialog.kind) {
    case 'help':
      return <HelpDialog />
    case 'confirm':
      return <ConfirmDialog {...dialog} />
    case 'analysis':
      return <AnalysisDialog {...dialog} />
    default:
      return dialog satisfies never
  }
}

const useHelpKey = (open: () => void): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typed = event.target instanceof HTMLInputElement
      if (!typed && (event.key === '?' || (event.key === 'H' && event.shiftKey))) open()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

/** The whole page, as its state says. */
export const Page = () => {
  const { state, dispatch } = useApp()
  const { route, dialog } = state
  const title = route.view === 'rollout' ? route.name : (state.namespace ?? 'Rollouts')
  useHelpKey(() => dialog === undefined && dispatch({ type: 'dialog opened', dialog: { kind: 'help' } }))
  useEffect(() => {
    document.title = `${title} · Crossfade`
  }, [title])
  return (
    <>
      <Header />
      <main>{route.view === 'list' ? <ListPage filters={route.filters} /> : <DetailPage name={route.name} />}</main>
      {dialog && <DialogOf dialog={dialog} />}
      <Toasts />
    </>
  )
}
