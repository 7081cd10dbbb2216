import { type Command, consequence, question } from '../model/actions.ts'
import type { Confirmation, State } from '../model/state.ts'
import { useApp } from './app-context.tsx'
import { closeDialog, Modal } from './modal.tsx'

const buttonText = ([command]: readonly Command[]): string => {
  if (command?.kind === 'undo') return 'Roll back'
  return command?.kind === 'set-image' ? 'Set image' : 'Confirm'
}

const infoOf = ({ list, detail }: State, name: string) =>
  detail.info?.objectMeta.name === name ? detail.info : list.infos.get(name)

/** Asks whether commands are to be carried out, and says what they will do. */
export const ConfirmDialog = ({ commands, namespace, name }: Confirmation) => {
  const { state, session } = useApp()
  const info = infoOf(state, name)
  const [first] = commands
  if (first === undefined) return null
  if (info === undefined) {
    return (
      <Modal title={question(first, name)}>
        <p>{name} was deleted meanwhile.</p>
      </Modal>
    )
  }
  const confirm = (event: { readonly currentTarget: Element }): void => {
    closeDialog(event)
    void session.run(commands, namespace, name)
  }
  return (
    <Modal title={question(first, name)}>
      {commands.map((command) => (
        <p key={consequence(command, info)}>{consequence(command, info)}</p>
      ))}
      <footer>
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
        <button type="button" class="primary" autofocus onClick={confirm}>
          {buttonText(commands)}
        </button>
      </footer>
    </Modal>
  )
}
