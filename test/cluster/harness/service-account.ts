import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { type ApiClient, createApiClient } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { kubectl } from './kubectl.ts'

/** A ServiceAccount bound to exactly the given rules in every namespace. */
export interface ServiceAccountSpec {
  readonly namespace: string
  readonly name: string
  /** A YAML list of RBAC rules. */
  readonly rules: string
}

/** A program's identity in the cluster. */
export interface ServiceAccount {
  /** Its name as a user, as the audit log has it. */
  readonly user: string
  /** A kubeconfig with its token. */
  readonly kubeconfig: string
  readonly api: ApiClient
}

const tokenAnswer = z.object({ status: z.object({ token: z.string() }) })

function manifestOf({ namespace, name, rules }: ServiceAccountSpec): string {
  const group = 'rbac.authorization.k8s.io'
  return `apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: ${namespace}}
---
apiVersion: ${group}/v1
kind: ClusterRole
metadata: {name: ${name}}
rules:
${rules}
---
apiVersion: ${group}/v1
kind: ClusterRoleBinding
metadata: {name: ${name}}
roleRef: {apiGroup: ${group}, kind: ClusterRole, name: ${name}}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: ${namespace}}]
`
}

/**
 * Creates the account, its role and binding, and asks the API server for a token, as a kubelet does for a pod.
 * @throws HarnessError when kubectl refuses the manifest, ApiError when no token is given
 */
export async function createServiceAccount(plane: ControlPlane, spec: ServiceAccountSpec): Promise<ServiceAccount> {
  const { namespace, name } = spec
  await kubectl(plane, ['apply', '-f', '-'], manifestOf(spec))
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } }
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const { token } = (await plane.api.post(path, request, tokenAnswer)).status
  const user = `system:serviceaccount:${namespace}:${name}`
  const authority = plane.pki.authority
  const kubeconfig = await writeKubeconfig(join(plane.directory, `${namespace}-${name}.kubeconfig`), {
    server: plane.server,
    authority,
    user: name,
    identity: { token },
    namespace,
  })
  const api = createApiClient({ server: plane.server, authority: await readFile(authority, 'utf8'), token })
  return { user, kubeconfig, api }
}

/** The rules that the product ships: the file that its Helm chart puts into the controller's role. */
export function shippedRules(): Promise<string> {
  return readFile(join(import.meta.dirname, '..', '..', '..', 'charts', 'crossfade', 'rbac', 'rules.yaml'), 'utf8')
}
