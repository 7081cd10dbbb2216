import { KubeError, NetworkError } from '../kube/errors.ts'

const hintFor = ({ code, reason }: KubeError): string => {
  if (code === 404 && reason === 'NotFound')
    return "\nSee which there are with 'kubectl crossfade list rollouts --all-namespaces'; -n names a namespace."
  if (code === 401)
    return '\nThe credentials of the kubeconfig were refused: log in again, or choose another --context.'
  if (code === 403) return '\nAsk for these rights, or use a context that has them (--context).'
  return ''
}

/** What a user is told about an error: what went wrong, and what can be done about it. Never a stack. */
export const errorText = (error: unknown): string => {
  if (error instanceof KubeError) return `${error.serverMessage}${hintFor(error)}`
  if (error instanceof NetworkError) {
    return `${error.message}\nThe API server was not reached: check its address ('kubectl cluster-info') and the network, or choose another --context.`
  }
  return error instanceof Error ? error.message : String(error)
}
