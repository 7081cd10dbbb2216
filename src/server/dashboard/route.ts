import { badRequest, grpcCodes, RequestError } from './api-error.ts'
import { type DashboardCommand, dashboardCommands } from './commands.ts'

/** What a request asks for. */
export type Route =
  | { readonly kind: 'version' | 'namespaces' }
  | { readonly kind: 'list' | 'watchList'; readonly namespace: string }
  | { readonly kind: 'get' | 'watch'; readonly namespace: string; readonly name: string }
  | {
      readonly kind: 'command'
      readonly namespace: string
      readonly name: string
      readonly command: DashboardCommand
      readonly words: Readonly<Record<string, string>>
    }

const labelPattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const namePattern = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/

/** Names become parts of paths of the API server: nothing else than a name may stand there. */
const checked = (text: string, pattern: RegExp, what: string): string => {
  if (pattern.test(text) && !text.includes('..')) return text
  throw badRequest(`${JSON.stringify(text)} is no name of a ${what}`)
}

const noSuchRoute = (): RequestError =>
  new RequestError(404, grpcCodes.unimplemented, 'the dashboard answers nothing at this path')

const readRoute = (words: readonly string[]): Route | undefined => {
  const [first, second = '', third = '', fourth, fifth] = words
  if (first === 'version' && words.length === 1) return { kind: 'version' }
  if (first === 'namespace' && words.length === 1) return { kind: 'namespaces' }
  if (first !== 'rollouts' || words.length < 3) return undefined
  const namespace = checked(second, labelPattern, 'namespace')
  if (third === 'info' && words.length === 3) return { kind: 'list', namespace }
  if (third === 'info' && fourth === 'watch' && words.length === 4) return { kind: 'watchList', namespace }
  if (fourth !== 'info') return undefined
  const name = checked(third, namePattern, 'Rollout')
  if (words.length === 4) return { kind: 'get', namespace, name }
  return fifth === 'watch' && words.length === 5 ? { kind: 'watch', namespace, name } : undefined
}

/** Names of what stands behind the command: an image may have slashes, and so be several words. */
const commandWords = (command: string, rest: readonly string[]): Readonly<Record<string, string>> | undefined => {
  if (command === 'undo') return rest.length === 1 ? { revision: rest[0] ?? '' } : undefined
  if (command !== 'set') return rest.length === 0 ? {} : undefined
  const [container = ''] = rest
  const image = rest.slice(1, -1).join('/')
  const tag = rest.at(-1) ?? ''
  return rest.length < 3 || [container, image, tag].includes('') ? undefined : { container, image, tag }
}

const isCommand = (word: string): word is keyof typeof dashboardCommands => Object.hasOwn(dashboardCommands, word)

const writeRoute = ([first, second = '', third = '', word = '', ...rest]: readonly string[]): Route | undefined => {
  if (first !== 'rollouts' || !isCommand(word)) return undefined
  const words = commandWords(word, rest)
  if (words === undefined) return undefined
  const namespace = checked(second, labelPattern, 'namespace')
  const name = checked(third, namePattern, 'Rollout')
  return { kind: 'command', namespace, name, command: dashboardCommands[word], words }
}

/**
 * Finds what a request asks for. `path` is what follows `api/`, without query and decoded: `v1/rollouts/shop/web/info`.
 * @throws RequestError for what is not there
 */
export const routeOf = (method: string, path: string): Route => {
  const [version, ...words] = path.split('/')
  const route = version === 'v1' ? (method === 'PUT' ? writeRoute(words) : readRoute(words)) : undefined
  if (route === undefined) throw noSuchRoute()
  if (method === 'PUT' || method === 'GET') return route
  throw new RequestError(405, grpcCodes.unimplemented, 'only GET and PUT are answered')
}
