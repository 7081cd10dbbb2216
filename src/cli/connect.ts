import { KubeClient } from '../kube/client.ts'
import type { ConnectOptions } from '../kube/config.ts'
import { HttpTransport } from '../kube/http-transport.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConnectionFlags } from './connection-flags.ts'
import type { Cluster } from './context.ts'
import { boundedTransport, toldTransport } from './transport-flags.ts'

/** The name under which the server notes what the plugin wrote. */
export const fieldManager = 'kubectl-crossfade'

/** The fields that are set; `undefined` when none is. */
const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== false)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** In a kubeconfig the content of a file, if it is there, wins over its path: a path from a flag has to win over both. */
const inPlaceOfData = (path: string | undefined): null | undefined => (path === undefined ? undefined : null)

/** The flags as fields of a kubeconfig. */
export const connectOptions = (
  flags: ConnectionFlags,
): Pick<
  ConnectOptions,
  'kubeconfig' | 'context' | 'cluster' | 'user' | 'namespace' | 'clusterFields' | 'userFields'
> => ({
  kubeconfig: flags.kubeconfig,
  context: flags.context,
  cluster: flags.cluster,
  user: flags.user,
  namespace: flags.namespace,
  clusterFields: given({
    server: flags.server,
    'certificate-authority': flags.certificateAuthority,
    'certificate-authority-data': inPlaceOfData(flags.certificateAuthority),
    'insecure-skip-tls-verify': flags.insecureSkipTlsVerify,
    'tls-server-name': flags.tlsServerName,
  }),
  userFields: given({
    token: flags.token,
    'client-certificate': flags.clientCertificate,
    'client-certificate-data': inPlaceOfData(flags.clientCertificate),
    'client-key': flags.clientKey,
    'client-key-data': inPlaceOfData(flags.clientKey),
    as: flags.as,
    'as-uid': flags.asUid,
    'as-groups': flags.asGroups.length > 0 ? [...flags.asGroups] : undefined,
  }),
})

/** What is needed to reach a cluster besides the flags. */
export interface ConnectParts {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly userAgent: string
  readonly log: Logger
}

/**
 * Finds the cluster that the flags name. Loads the Kubernetes library, which takes most of the time of a command.
 * @throws KubeconfigError when the configuration names no cluster
 */
export const connectToCluster = async (flags: ConnectionFlags, parts: ConnectParts): Promise<Cluster> => {
  const { env, clock, userAgent, log } = parts
  const { connect } = await import('../kube/config.ts')
  const connection = await connect({ ...connectOptions(flags), env, clock })
  const http = new HttpTransport({ connection, clock, userAgent, compressed: !flags.disableCompression })
  const bounded = flags.requestTimeoutMs === undefined ? http : boundedTransport(http, flags.requestTimeoutMs)
  const transport = flags.verbosity < 6 ? bounded : toldTransport(bounded, clock, log)
  return {
    transport,
    client: new KubeClient({ transport, fieldManager }),
    namespace: connection.namespace,
    close: () => http.close(),
  }
}
