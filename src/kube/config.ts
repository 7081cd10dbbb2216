import { existsSync, readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { delimiter, join } from 'node:path'
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node'
import type { Clock } from '../lib/clock.ts'
import { type Connection, CredentialCache, type Credentials, type TlsMaterial } from './credentials.ts'
import {
  type Kubeconfig,
  type KubeconfigCluster,
  KubeconfigError,
  type KubeconfigUser,
  parseForeignKubeconfig,
  readKubeconfigs,
} from './kubeconfig-file.ts'

/** Where to find the API server, as kubectl's flags of the same names say it. */
export interface ConnectOptions {
  /** Path of a kubeconfig; without it `KUBECONFIG`, `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  /** Name of a cluster entry of the kubeconfig, instead of the context's. */
  readonly cluster?: string | undefined
  /** Name of a user entry of the kubeconfig, instead of the context's. */
  readonly user?: string | undefined
  /** Fields in place of those of the cluster entry, by their names in a kubeconfig; paths relative to the working directory. */
  readonly clusterFields?: Partial<KubeconfigCluster> | undefined
  /** Fields in place of those of the user entry, likewise. A `token` replaces every other way to log in. */
  readonly userFields?: Partial<KubeconfigUser> | undefined
  /** The process' environment: where the defaults, the pod's API server and proxies are found. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder of the pod's service account, where Kubernetes does not mount it in its usual place. */
  readonly serviceAccountPath?: string
  readonly clock: Clock
}

/** A server, and how one asks it. */
interface Target {
  readonly cluster: KubeconfigCluster
  readonly user: KubeconfigUser
  readonly namespace: string | undefined
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds the API server and the credentials for it: kubeconfig files with contexts, certificates, tokens, token files and
 * exec plugins, or the pod's service account. Certificate and token files are read again every minute; an exec plugin runs
 * again when what it gave has expired or was refused. Loads the Kubernetes library, which costs a third of a second and
 * 80 MB: only call it when there is something to ask a server.
 * @throws KubeconfigError when there is no usable configuration
 */
export const connect = async (options: ConnectOptions): Promise<Connection> =>
  connectTo(withFields(findTarget(options), options), options)

/**
 * Connects to the cluster of a kubeconfig that came over the network, such as from a Secret; see {@link parseForeignKubeconfig}.
 * @throws KubeconfigError when it cannot be used
 */
export const connectForeign = async (
  content: string,
  options: Pick<ConnectOptions, 'env' | 'clock'>,
): Promise<Connection> => {
  const kubeconfig = parseForeignKubeconfig(content)
  if (kubeconfig.currentContext === undefined)
    throw new KubeconfigError('reading the kubeconfig: it has no current-context, which says what cluster it is about.')
  return connectTo(targetOf(kubeconfig, {}, ['the kubeconfig']), options)
}

const connectTo = async (
  target: Target,
  options: Pick<ConnectOptions, 'env' | 'clock' | 'namespace'>,
): Promise<Connection> => {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const proxyUrl = checkedProxy(target.cluster['proxy-url'] || undefined)
  const load = (): KubeConfig => {
    const config = new KubeConfig()
    config.loadFromClusterAndUser(libraryCluster(target.cluster), libraryUser(target.user))
    return config
  }
  // Only this keeps something worth keeping: what a plugin answered. Everything else is a file that may have changed.
  const kept = target.user.exec || target.user['auth-provider'] ? { config: load() } : undefined
  const cache = new CredentialCache(options.clock, async (fresh) => {
    if (fresh && kept) kept.config = load()
    return credentialsOf(kept?.config ?? load(), target.user)
  })
  return {
    server: target.cluster.server.replace(/\/$/, ''),
    namespace: options.namespace ?? target.namespace ?? 'default',
    proxyEnv: proxyUrl === undefined ? options.env : { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl },
    authenticate: (fresh) => cache.get(fresh),
  }
}

const findTarget = (options: ConnectOptions): Target => {
  const paths = kubeconfigPaths(options)
  if (paths.length > 0) return targetOf(readKubeconfigs(paths), options, paths)
  const server = options.clusterFields?.server
  if (server !== undefined) return { cluster: { server }, user: {}, namespace: undefined }
  const inCluster = inClusterTarget(options)
  if (inCluster) return inCluster
  throw new KubeconfigError(
    'finding an API server: there is no kubeconfig (--kubeconfig, KUBECONFIG, ~/.kube/config) and no service account of a pod. Name a kubeconfig with --kubeconfig.',
  )
}

/** As kubectl does: files that KUBECONFIG lists may be missing, the one of `--kubeconfig` may not. */
const kubeconfigPaths = ({ kubeconfig, env }: ConnectOptions): string[] => {
  if (kubeconfig !== undefined && kubeconfig !== '') return [kubeconfig]
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  const home = env.HOME ?? env.USERPROFILE
  const candidates = listed.length > 0 || home === undefined ? listed : [join(home, '.kube', 'config')]
  return candidates.filter((path) => existsSync(path))
}

const withFields = ({ cluster, user, namespace }: Target, { clusterFields, userFields }: ConnectOptions): Target => ({
  cluster: { ...cluster, ...clusterFields },
  user: userFields?.token ? userFields : { ...user, ...userFields },
  namespace,
})

const targetOf = (kubeconfig: Kubeconfig, wanted: Partial<ConnectOptions>, paths: readonly string[]): Target => {
  const name = wanted.context ?? kubeconfig.currentContext
  const where = paths.join(', ')
  // As in kubectl, a server or a cluster that is named directly needs no context.
  if (name === undefined && (wanted.cluster ?? wanted.clusterFields?.server) !== undefined)
    return entriesOf(kubeconfig, { cluster: wanted.cluster, user: wanted.user }, `reading ${where}: the command line`)
  if (name === undefined)
    throw new KubeconfigError(`choosing a context of ${where}: none is current. Name one with --context.`)
  const context = kubeconfig.contexts.get(name)
  if (!context) {
    const known = [...kubeconfig.contexts.keys()].join(', ') || 'none'
    throw new KubeconfigError(
      `choosing the context "${name}" of ${where}: there is no such context. There are: ${known}.`,
    )
  }
  const { cluster = context.cluster, user = context.user ?? undefined } = wanted
  const byFlags = wanted.cluster ?? wanted.user
  const by = `reading ${where}: the ${byFlags === undefined ? `context "${name}"` : 'command line'}`
  return { ...entriesOf(kubeconfig, { cluster, user }, by), namespace: context.namespace || undefined }
}

/** The entries of these names. `by` is what names them, for the message when one is missing. */
const entriesOf = (
  kubeconfig: Kubeconfig,
  names: { readonly cluster: string | undefined; readonly user: string | undefined },
  by: string,
): Target => {
  // The address follows from the caller's own field where no entry is named.
  const cluster = names.cluster === undefined ? { server: '' } : kubeconfig.clusters.get(names.cluster)
  if (!cluster) throw new KubeconfigError(`${by} names the cluster "${names.cluster}", which is missing.`)
  const user = names.user ? kubeconfig.users.get(names.user) : {}
  if (!user) throw new KubeconfigError(`${by} names the user "${names.user}", which is missing.`)
  return { cluster, user, namespace: undefined }
}

const inClusterTarget = (options: ConnectOptions): Target | undefined => {
  const root = options.serviceAccountPath ?? serviceAccount
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = options.env
  if (!host || !port || !existsSync(join(root, 'token'))) return undefined
  const namespaceFile = join(root, 'namespace')
  return {
    cluster: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority': join(root, 'ca.crt'),
    },
    user: { tokenFile: join(root, 'token') },
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined,
  }
}

const checkedProxy = (proxyUrl: string | undefined): string | undefined => {
  if (proxyUrl === undefined || /^https?:/.test(proxyUrl)) return proxyUrl
  throw new KubeconfigError(
    `using the proxy of the kubeconfig: only http and https proxies are supported, not "${proxyUrl.split(':')[0]}".`,
  )
}

const stringIn = (fields: Readonly<Record<string, unknown>>, key: string): string | undefined => {
  const value = fields[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const libraryCluster = (cluster: KubeconfigCluster): Cluster => ({
  name: 'cluster',
  server: cluster.server,
  // The library refuses plain HTTP unless verification is off; kubectl does not, and there is nothing to verify.
  skipTLSVerify: cluster['insecure-skip-tls-verify'] === true || cluster.server.startsWith('http:'),
  ...optional('caFile', stringIn(cluster, 'certificate-authority')),
  ...optional('caData', stringIn(cluster, 'certificate-authority-data')),
  ...optional('tlsServerName', stringIn(cluster, 'tls-server-name')),
})

const libraryUser = (user: KubeconfigUser): User => ({
  name: 'user',
  ...optional('certFile', stringIn(user, 'client-certificate')),
  ...optional('certData', stringIn(user, 'client-certificate-data')),
  ...optional('keyFile', stringIn(user, 'client-key')),
  ...optional('keyData', stringIn(user, 'client-key-data')),
  ...optional('username', stringIn(user, 'username')),
  ...optional('password', stringIn(user, 'password')),
  ...optional('impersonateUser', stringIn(user, 'as')),
  ...optional('token', user.tokenFile ? undefined : stringIn(user, 'token')),
  ...optional('authProvider', authProviderOf(user)),
  ...optional('exec', user.exec ? withExecInfo(user.exec) : undefined),
})

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> => {
  const result: Partial<Record<Key, Value>> = {}
  if (value !== undefined) result[key] = value
  return result
}

/** The library reads token files only for its own name of them. */
const authProviderOf = (user: KubeconfigUser): unknown =>
  user.tokenFile ? { name: 'tokenFile', config: { tokenFile: user.tokenFile } } : (user['auth-provider'] ?? undefined)

/** client-go tells plugins how they are called, and some refuse to work without it (client.authentication.k8s.io). */
const withExecInfo = (exec: NonNullable<KubeconfigUser['exec']>): unknown => {
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } }
  const env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }]
  return { ...exec, args: exec.args ?? [], env }
}

const longestCause = 500

const credentialsOf = async (config: KubeConfig, user: KubeconfigUser): Promise<Credentials> => {
  const applied: RequestOptions = { headers: {} }
  try {
    await config.applyToHTTPSOptions(applied)
  } catch (error) {
    const source = user.exec ? `the plugin "${user.exec.command}"` : 'the files of the kubeconfig'
    const cause = (error instanceof Error ? error.message : String(error)).trim().slice(0, longestCause)
    throw new KubeconfigError(`getting credentials from ${source}: ${cause}`, { cause: error })
  }
  return { tls: tlsOf(applied), headers: headersOf(applied, user) }
}

const pem = (value: unknown): string | Buffer | undefined =>
  typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined

const tlsOf = ({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsMaterial => ({
  ...optional('ca', pem(ca)),
  ...optional('cert', pem(cert)),
  ...optional('key', pem(key)),
  ...optional('servername', servername),
  ...optional('rejectUnauthorized', rejectUnauthorized),
})

const headersOf = (applied: RequestOptions, user: KubeconfigUser): Credentials['headers'] => {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(applied.headers ?? {})) {
    // Token files often end with a line break, which no header may contain.
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim()
  }
  if (applied.auth) headers.authorization = `Basic ${Buffer.from(applied.auth).toString('base64')}`
  if (user['as-groups']?.length) headers['impersonate-group'] = user['as-groups']
  if (user['as-uid']) headers['impersonate-uid'] = user['as-uid']
  return headers
}
