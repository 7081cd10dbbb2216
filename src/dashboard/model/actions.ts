import type { RolloutInfo } from '../../server/dashboard/messages.ts'
import type { ImageParts } from './image-text.ts'
import { stepLines, stepPosition } from './steps.ts'

/** What a person can do with a whole Rollout, in the order of the buttons. */
export const actionKinds = ['restart', 'retry', 'abort', 'promote', 'promote-full'] as const

/** See {@link actionKinds}. */
export type ActionKind = (typeof actionKinds)[number]

/** Something to be done on the server. */
export type Command =
  | { readonly kind: ActionKind }
  | { readonly kind: 'undo'; readonly revision: number }
  | { readonly kind: 'set-image'; readonly container: string; readonly image: ImageParts }

/** Names of buttons. */
export const actionLabels: Readonly<Record<ActionKind, string>> = {
  restart: 'Restart',
  retry: 'Retry',
  abort: 'Abort',
  promote: 'Promote',
  'promote-full': 'Promote full',
}

/** Whether an action makes sense now, as the published page decides: a release must run, or have failed, for most. */
export const isEnabled = (kind: ActionKind, { status }: Pick<RolloutInfo, 'status'>): boolean => {
  if (kind === 'restart') return true
  if (kind === 'retry') return status === 'Degraded'
  return status === 'Progressing' || status === 'Paused'
}

const promoteText = (info: RolloutInfo): string => {
  const position = stepPosition(info)
  const next = position && stepLines(info)[position.done + 1]
  if (info.strategy === 'BlueGreen') return 'The new version becomes the active one.'
  if (position === undefined || position.done >= position.total) return 'The release goes on to its end.'
  return next === undefined
    ? 'The last step is left; the new version gets all traffic.'
    : `The release goes on with step ${position.done + 2} of ${position.total}: ${next.title}.`
}

/** What will happen, as a sentence to be confirmed. */
export const consequence = (command: Command, info: RolloutInfo): string => {
  switch (command.kind) {
    case 'restart':
      return 'All its pods are replaced, a few at a time.'
    case 'retry':
      return 'The release that was aborted begins again with its first step.'
    case 'abort':
      return 'All traffic returns to the stable version, and the new one is scaled down.'
    case 'promote':
      return promoteText(info)
    case 'promote-full':
      return 'All steps, pauses and analyses that are left are skipped; the new version gets all traffic.'
    case 'undo':
      return `A release begins with the pod template of revision ${command.revision}.`
    case 'set-image':
      return `A release begins with ${command.image.image}:${command.image.tag} in container ${command.container}.`
    default:
      return command satisfies never
  }
}

/** The heading of a question, such as `Promote frontend?`. */
export const question = (command: Command, name: string): string => {
  if (command.kind === 'undo') return `Roll ${name} back to revision ${command.revision}?`
  if (command.kind === 'set-image') return `Set the image of ${command.container} in ${name}?`
  return `${actionLabels[command.kind]} ${name}?`
}

/** What an answer says of what was asked for. */
export const accepted = (command: Command, name: string): string => {
  const done = {
    restart: 'is restarting',
    retry: 'is retried',
    abort: 'is aborted',
    promote: 'is promoted',
    'promote-full': 'is fully promoted',
    undo: 'is rolled back',
    'set-image': 'has a new image',
  } as const
  return `${name} ${done[command.kind]}`
}

/** The heading of an answer that refuses. */
export const refused = (command: Command, name: string): string => {
  if (command.kind === 'undo') return `Could not roll ${name} back`
  if (command.kind === 'set-image') return `Could not set the image of ${command.container} in ${name}`
  return `Could not ${actionLabels[command.kind].toLowerCase()} ${name}`
}

/** A request below the API's root. */
export interface CommandRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

/** The request that carries a command out (PUT, JSON), with the paths of the published API. */
export const requestOf = (command: Command, namespace: string, name: string): CommandRequest => {
  const rollout = `rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`
  switch (command.kind) {
    case 'promote':
      return { path: `${rollout}/promote`, body: { full: false } }
    case 'promote-full':
      return { path: `${rollout}/promote`, body: { full: true } }
    case 'undo':
      return { path: `${rollout}/undo/${command.revision}`, body: {} }
    case 'set-image': {
      const { image, tag } = command.image
      const container = encodeURIComponent(command.container)
      return { path: `${rollout}/set/${container}/${encodePath(image)}/${encodeURIComponent(tag)}`, body: {} }
    }
    default:
      return { path: `${rollout}/${command.kind}`, body: {} }
  }
}
