import type { JsonObject } from '../../../lib/json.ts'
import { objectOr } from '../../../lib/json-value.ts'
import type { Core } from '../core.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'

/** The user that a ServiceAccount is (Kubernetes documentation, "Authenticating"). */
export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`

/** Bearer tokens of ServiceAccounts are their user names in base64: the sandbox has nothing to protect. */
const tokenPrefix = 'sandbox.'

/** POST of `serviceaccounts/x/token`. */
export const createToken = (core: Core, account: StoredObject, body: unknown): JsonObject => {
  const { name, namespace = '' } = account.metadata
  const { expirationSeconds = 3600 } = objectOr(objectOr(body).spec)
  const user = serviceAccountUser(namespace, name)
  const expires = core.clock.now() + Number(expirationSeconds) * 1000
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(core.clock.now()) },
    spec: { ...objectOr(objectOr(body).spec), expirationSeconds },
    status: {
      token: `${tokenPrefix}${Buffer.from(user).toString('base64url')}`,
      expirationTimestamp: timestamp(expires),
    },
  }
}

/** The user behind a ServiceAccount's token, or `undefined` for a token of another kind. */
export const userOfToken = (token: string): string | undefined =>
  token.startsWith(tokenPrefix) ? Buffer.from(token.slice(tokenPrefix.length), 'base64url').toString() : undefined
