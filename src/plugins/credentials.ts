import * as z from 'zod'
import { secrets } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { isForbidden, isNotFound } from '../kube/errors.ts'
import type { Plugin } from './configuration.ts'
import { PluginError } from './plugin-error.ts'

/** Headers that authenticate the controller to a plugin, and what of them must never be shown. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** Reads the Secrets of the namespace in which plugins are configured. */
export type ReadCredentials = (plugin: Plugin, signal: AbortSignal) => Promise<Credentials>

const secretSchema = z.object({ data: z.record(z.string(), z.string()).optional() })

const failure = (plugin: string, secret: string, error: unknown): PluginError => {
  const what = `plugin ${plugin}: reading the Secret ${secret}`
  if (isNotFound(error))
    return new PluginError(`${what}: it does not exist; create it beside the ConfigMap`, { cause: error })
  if (isForbidden(error)) return new PluginError(`${what}: the controller may not; check its RBAC`, { cause: error })
  return new PluginError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}

/** Secrets are read for each request: a rotated one counts at once, and none is kept in memory. */
export const credentialReader =
  (client: Pick<KubeClient, 'get'>, namespace: string): ReadCredentials =>
  async (plugin, signal) => {
    const read = async (name: string): Promise<Readonly<Record<string, string>>> => {
      const secret = await client.get(secrets, { namespace, name }, { signal }).catch((error: unknown) => {
        throw failure(plugin.name, `${namespace}/${name}`, error)
      })
      const data = Object.entries(secretSchema.safeParse(secret).data?.data ?? {})
      return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8').trim()]))
    }
    const headers: Record<string, string> = {}
    for (const name of plugin.headerSecrets) Object.assign(headers, await read(name))
    const { token } = plugin
    const value = token && (await read(token.name))[token.key]
    if (token !== undefined && value === undefined) {
      throw new PluginError(`plugin ${plugin.name}: the Secret ${namespace}/${token.name} has no key ${token.key}`)
    }
    const shown = Object.values(headers)
    if (value === undefined) return { headers, secrets: shown }
    return { headers: { ...headers, authorization: `Bearer ${value}` }, secrets: [...shown, value] }
  }
