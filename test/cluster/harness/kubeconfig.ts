import { writeFile } from 'node:fs/promises'

/** Who a kubeconfig speaks as: files of a client certificate, or a bearer token. */
export type Identity = { readonly certificate: string; readonly key: string } | { readonly token: string }

/** What a kubeconfig of one cluster and one user says. */
export interface KubeconfigContent {
  readonly server: string
  /** PEM file of the certificate authority. */
  readonly authority: string
  readonly user: string
  readonly identity: Identity
  readonly namespace?: string
}

/** Writes a kubeconfig to `file` (JSON is YAML, so every reader takes it) and returns that path. */
export async function writeKubeconfig(file: string, content: KubeconfigContent): Promise<string> {
  const { identity } = content
  const user =
    'token' in identity
      ? { token: identity.token }
      : { 'client-certificate': identity.certificate, 'client-key': identity.key }
  const context = { cluster: 'test', user: content.user, namespace: content.namespace ?? 'default' }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: content.server, 'certificate-authority': content.authority } }],
    users: [{ name: content.user, user }],
    contexts: [{ name: 'test', context }],
    'current-context': 'test',
  }
  await writeFile(file, `${JSON.stringify(kubeconfig, null, 2)}\n`, { mode: 0o600 })
  return file
}
