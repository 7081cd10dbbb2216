import { z } from 'zod'
import { secrets } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { isForbidden, isNotFound } from '../kube/errors.ts'

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

/**
 * Reads keys of Secrets from the server each time: a rotated secret counts at once, and no Secret is kept in memory. Throws
 * {@link SecretError}.
 */
export const secretReader =
  (client: Pick<KubeClient, 'get'>) =>
  async (namespace: string, { name, key }: { readonly name: string; readonly key: string }): Promise<string> => {
    const secret = await client.get(secrets, { namespace, name }).catch((error: unknown) => {
      throw failure(name, error)
    })
    const value = secretSchema.safeParse(secret).data?.data?.[key]
    if (value === undefined) throw new SecretError(`key '${key}' does not exist in secret '${name}'`)
    return Buffer.from(value, 'base64').toString('utf8')
  }
