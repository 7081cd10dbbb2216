import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import * as z from 'zod'
import { parseYaml } from '../lib/yaml.ts'

/** A kubeconfig that is missing, unreadable or incomplete; the message says where and what to do. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}

const text = z.string().nullish()

const clusterFields = z.looseObject({
  server: z.string(),
  'certificate-authority': text,
  'proxy-url': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
})

const execFields = z.looseObject({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
})

const userFields = z.looseObject({
  'client-certificate': text,
  'client-key': text,
  tokenFile: text,
  exec: execFields.nullish(),
  'as-groups': z.array(z.string()).nullish(),
  'as-uid': text,
})

const entries = <Fields extends z.ZodType>(key: string, fields: Fields) =>
  z
    .array(z.looseObject({ name: z.string() }))
    .nullish()
    .transform((list) => (list ?? []).map((entry) => ({ name: entry.name, fields: fields.parse(entry[key] ?? {}) })))

const contextFields = z.looseObject({ cluster: z.string(), user: text, namespace: text })

const kubeconfig = z.looseObject({
  clusters: entries('cluster', clusterFields),
  users: entries('user', userFields),
  contexts: entries('context', contextFields),
  'current-context': text,
})

/** The parts of kubeconfig files that decide a connection, with absolute paths. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, z.infer<typeof clusterFields>>
  readonly users: ReadonlyMap<string, z.infer<typeof userFields>>
  readonly contexts: ReadonlyMap<string, z.infer<typeof contextFields>>
  readonly currentContext: string | undefined
}

/** A user entry of a kubeconfig. */
export type KubeconfigUser = z.infer<typeof userFields>

/** A cluster entry of a kubeconfig. */
export type KubeconfigCluster = z.infer<typeof clusterFields>

/** What of a kubeconfig points to the machine that reads it: to its files, or to programs on it. */
const localFields = {
  clusters: ['certificate-authority'],
  users: ['exec', 'auth-provider', 'tokenFile', 'client-certificate', 'client-key'],
} as const

const problemOf = (error: unknown): string =>
  // What a YAML parser says quotes the text around the fault, which may be a token.
  error instanceof z.ZodError ? z.prettifyError(error) : 'it is no YAML'

const byName = <Fields>(list: readonly { readonly name: string; readonly fields: Fields }[]) =>
  new Map(list.toReversed().map(({ name, fields }) => [name, fields]))

/**
 * Reads a kubeconfig that came over the network. As with Istio's remote Secrets, it may hold its certificates, keys and
 * tokens themselves, and point to no file and no program of the machine that reads it.
 * @throws KubeconfigError without a word of the text in it
 */
export const parseForeignKubeconfig = (content: string): Kubeconfig => {
  let file: z.infer<typeof kubeconfig>
  try {
    file = kubeconfig.parse(parseYaml(content) ?? {})
  } catch (error) {
    throw new KubeconfigError(`reading the kubeconfig: ${problemOf(error)}`)
  }
  for (const kind of ['clusters', 'users'] as const) {
    for (const { fields } of file[kind]) {
      const local = localFields[kind].find((key) =>
        Object.entries(fields).some(([name, value]) => name === key && value),
      )
      if (local === undefined) continue
      throw new KubeconfigError(
        `reading the kubeconfig: it may not have "${local}", which is about files or programs of the controller; put a token or the data of certificates into it.`,
      )
    }
  }
  return {
    clusters: byName(file.clusters),
    users: byName(file.users),
    contexts: byName(file.contexts),
    currentContext: file['current-context'] || undefined,
  }
}

const readFile = (path: string): z.infer<typeof kubeconfig> => {
  try {
    return kubeconfig.parse(parseYaml(readFileSync(path, 'utf8')) ?? {})
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error
    throw new KubeconfigError(`reading the kubeconfig ${path}: ${what}`, { cause: error })
  }
}

/** Paths in a kubeconfig are relative to its file, an exec command only when it has a directory in it (as in kubectl). */
const absolutePaths = <Fields extends object>(fields: Fields, keys: readonly string[], directory: string): Fields => {
  const resolved = Object.entries(fields).map(([key, value]) =>
    keys.includes(key) && typeof value === 'string' && value !== '' && !isAbsolute(value)
      ? [key, join(directory, value)]
      : [key, value],
  )
  return { ...fields, ...Object.fromEntries(resolved) }
}

const absoluteExec = (user: KubeconfigUser, directory: string): KubeconfigUser =>
  user.exec && /[/\\]/.test(user.exec.command)
    ? { ...user, exec: absolutePaths(user.exec, ['command'], directory) }
    : user

/** Reads files in kubectl's order of preference: of entries with the same name, and of current contexts, the first wins. */
export const readKubeconfigs = (paths: readonly string[]): Kubeconfig => {
  const clusters = new Map<string, KubeconfigCluster>()
  const users = new Map<string, KubeconfigUser>()
  const contexts = new Map<string, z.infer<typeof contextFields>>()
  let currentContext: string | undefined
  for (const path of paths) {
    const file = readFile(path)
    const directory = dirname(path)
    for (const { name, fields } of file.clusters) {
      if (!clusters.has(name)) clusters.set(name, absolutePaths(fields, ['certificate-authority'], directory))
    }
    for (const { name, fields } of file.users) {
      const keys = ['client-certificate', 'client-key', 'tokenFile']
      if (!users.has(name)) users.set(name, absoluteExec(absolutePaths(fields, keys, directory), directory))
    }
    for (const { name, fields } of file.contexts) if (!contexts.has(name)) contexts.set(name, fields)
    currentContext ??= file['current-context'] || undefined
  }
  return { clusters, users, contexts, currentContext }
}
