import { formatYaml } from '../../lib/yaml.ts'

/** Where a sandbox listens and how to get in. */
export interface FrontAddress {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly token: string
}

/**
 * A kubeconfig for kubectl and everything else that reads one. `namespace` is where commands without `-n` work. The token
 * is also the first part of the server's path: kubectl sends no Authorization header to a server without TLS.
 */
export const kubeconfigFor = ({ url, token }: FrontAddress, namespace = 'default'): string =>
  formatYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: `${url}/${token}` } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox', namespace } }],
    'current-context': 'sandbox',
  })
