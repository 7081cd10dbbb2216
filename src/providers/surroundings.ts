import { ExpiringCache } from '../lib/expiring-cache.ts'
import type { AwsKeys } from './aws/sigv4.ts'

/** What the process of the controller can read: how clouds hand out credentials. */
export interface Host {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file: tokens that a cluster projects into the pod, shared configuration. Rejects when it cannot be read. */
  readFile(path: string): Promise<string>
}

/** What all measurements share besides the network. */
export interface Surroundings extends Host {
  /** Access tokens by a hash of what they were issued for. */
  readonly tokens: ExpiringCache<string>
  /** Temporary AWS keys, likewise. */
  readonly awsKeys: ExpiringCache<AwsKeys>
}

/** A host with no environment, and these files: for the sandbox and for tests. */
export const closedHost = (env: Host['env'] = {}, files: Readonly<Record<string, string>> = {}): Host => ({
  env,
  readFile: async (path) => files[path] ?? Promise.reject(new Error(`no such file: ${path}`)),
})

/** Surroundings in which nothing was issued yet. */
export const surroundingsOf = ({ env, readFile }: Host): Surroundings => ({
  env,
  readFile,
  tokens: new ExpiringCache(),
  awsKeys: new ExpiringCache(),
})
