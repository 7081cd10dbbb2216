import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { type ApiClient, createApiClient } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { kubectl } from './kubectl.ts'
import type { AccountRules, PolicyRule } from './shipped-rbac.ts'

/** A ServiceAccount and exactly what it may do. */
export interface ServiceAccountSpec {
  readonly namespace: string
  readonly name: string
  readonly rules: AccountRules
}

/** A program's identity in the cluster. */
export interface ServiceAccount {
  readonly namespace: string
  /** Its name as a user, as the audit log has it. */
  readonly user: string
  /** A kubeconfig with its token. */
  readonly kubeconfig: string
  readonly api: ApiClient
}

const group = 'rbac.authorization.k8s.io'
const tokenAnswer = z.object({ status: z.object({ token: z.string() }) })

function roleAndBinding(scope: '' | 'Cluster', spec: ServiceAccountSpec, rules: readonly PolicyRule[]): object[] {
  const { name, namespace } = spec
  const metadata = scope === '' ? { name, namespace } : { name }
  const subject = { kind: 'ServiceAccount', name, namespace }
  const roleRef = { apiGroup: group, kind: `${scope}Role`, name }
  return [
    { apiVersion: `${group}/v1`, kind: `${scope}Role`, metadata, rules },
    { apiVersion: `${group}/v1`, kind: `${scope}RoleBinding`, metadata, roleRef, subjects: [subject] },
  ]
}

/**
 * A kubeconfig of an account that is there: asks the API server for a token, as a kubelet does for a pod.
 * @throws ApiError when no token is given
 */
export async function actAs(plane: ControlPlane, namespace: string, name: string): Promise<ServiceAccount> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } }
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const { token } = (await plane.api.post(path, request, tokenAnswer)).status
  const access = { server: plane.server, authority: plane.pki.authority }
  const kubeconfig = await writeKubeconfig(join(plane.directory, `${namespace}-${name}.kubeconfig`), {
    ...access,
    user: name,
    identity: { token },
    namespace,
  })
  return {
    namespace,
    user: `system:serviceaccount:${namespace}:${name}`,
    kubeconfig,
    api: createApiClient({ server: plane.server, authority: await readFile(access.authority, 'utf8'), token }),
  }
}

/**
 * Creates the account with its roles and bindings, and acts as it.
 * @throws HarnessError when kubectl refuses the manifest, ApiError when no token is given
 */
export async function createServiceAccount(plane: ControlPlane, spec: ServiceAccountSpec): Promise<ServiceAccount> {
  const { namespace, name, rules } = spec
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    ...roleAndBinding('Cluster', spec, rules.everywhere),
    ...roleAndBinding('', spec, rules.ownNamespace),
  ]
  await kubectl(plane, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  return actAs(plane, namespace, name)
}
