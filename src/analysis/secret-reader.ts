import * as z from 'zod'
import { secrets } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { isForbidden, isNotFound } from '../kube/errors.ts'
import type { SecretData } from '../providers/secret-access.ts'

/** A Secret, or a key of it, that an argument names and that cannot be read. The message holds no value. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
}

const secretSchema = z.object({ data: z.record(z.string(), z.string()).optional() })

const failure = (name: string, error: unknown): SecretError => {
  if (isNotFound(error)) return new SecretError(`secrets "${name}" not found`, { cause: error })
  if (isForbidden(error))
    return new SecretError(`reading the Secret ${name}: the controller may not; check its RBAC`, { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  return new SecretError(`reading the Secret ${name}: ${reason}`, { cause: error })
}

/** Reads a Secret: its values by key, decoded. Rejects with {@link SecretError}. */
export type ReadSecret = (namespace: string, name: string) => Promise<SecretData>

/** Reads Secrets from the server each time: a rotated secret counts at once, and no Secret is kept in memory. */
export const secretReader =
  (client: Pick<KubeClient, 'get'>): ReadSecret =>
  async (namespace, name) => {
    const secret = await client.get(secrets, { namespace, name }).catch((error: unknown) => {
      throw failure(name, error)
    })
    const { data = {} } = secretSchema.safeParse(secret).data ?? {}
    const decode = (value: string): string => Buffer.from(value, 'base64').toString('utf8')
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]))
  }

/** One key of a Secret, for an argument. Rejects with {@link SecretError}. */
export const readSecretKey = async (
  read: ReadSecret,
  namespace: string,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<string> => {
  const value = (await read(namespace, name))[key]
  if (value === undefined) throw new SecretError(`key '${key}' does not exist in secret '${name}'`)
  return value
}
