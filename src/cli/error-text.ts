import { type CallDescription, KubeError, NetworkError } from '../kube/errors.ts'
import { CommandError } from './command-error.ts'

/** What is said of an error, and what a person can do about it. Scripts read the first; they know what to do. */
export interface Advice {
  readonly text: string
  readonly hint?: string
}

/** The command that lists what there is of a kind. */
const listings: ReadonlyMap<string, string> = new Map([
  ['rollouts.argoproj.io', 'kubectl crossfade list rollouts --all-namespaces'],
  ['rollout.argoproj.io', 'kubectl crossfade list rollouts --all-namespaces'],
  ['experiments.argoproj.io', 'kubectl crossfade list experiments --all-namespaces'],
  ['experiment.argoproj.io', 'kubectl crossfade list experiments --all-namespaces'],
])

/** `rollouts.argoproj.io "typo" not found`, and the same of any other kind. */
const notFoundHint = (message: string): string => {
  const kind = /^(\S+) ".*" not found$/.exec(message)?.[1]
  if (kind === undefined) return ''
  const listing = listings.get(kind) ?? `kubectl get ${kind} --all-namespaces`
  return `See which there are with '${listing}'; -n names a namespace.`
}

const hintFor = ({ code, reason, serverMessage }: KubeError): string => {
  if (code === 404 && reason === 'NotFound') return notFoundHint(serverMessage)
  if (code === 401) return 'The credentials of the kubeconfig were refused: log in again, or choose another --context.'
  if (code === 403) return 'Ask for these rights, or use a context that has them (--context).'
  return ''
}

/** `get rollouts.argoproj.io`: what was asked of a kind that the server does not know. */
const askedKind = ({ method, path }: CallDescription): string => {
  const [, group, plural] = /^\/apis\/([^/]+)\/[^/]+(?:\/namespaces\/[^/]+)?\/([^/?]+)/.exec(path) ?? []
  return plural === undefined ? '' : ` (${method.toLowerCase()} ${plural}.${group})`
}

/** Where the CustomResourceDefinitions are missing, the server answers with a page that is no Status. */
const isUnknownKind = ({ code, reason }: KubeError): boolean => code === 404 && reason === ''

const unknownKind = ({ call }: KubeError): Advice => ({
  text: `the server could not find the requested resource${askedKind(call)}`,
  hint: "The CustomResourceDefinitions may be missing: 'kubectl crossfade doctor' says what a cluster needs.",
})

/** What a user is told about an error: what went wrong, and what can be done about it. Never a stack. */
export const errorAdvice = (error: unknown): Advice => {
  if (error instanceof KubeError) {
    if (isUnknownKind(error)) return unknownKind(error)
    const hint = hintFor(error)
    return { text: error.serverMessage, ...(hint !== '' && { hint }) }
  }
  if (error instanceof NetworkError) {
    return {
      text: `${error.message}\nThe API server was not reached: check its address ('kubectl cluster-info') and the network, or choose another --context.`,
    }
  }
  const text = error instanceof Error ? error.message : String(error)
  const hint = error instanceof CommandError && error.hint !== '' ? error.hint : notFoundHint(text)
  return { text, ...(hint !== '' && { hint }) }
}
