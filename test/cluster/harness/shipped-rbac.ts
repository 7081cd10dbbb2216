import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { parseYaml } from '../../../src/lib/yaml.ts'

const policyRule = z.strictObject({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
})

/** A rule of a Role or ClusterRole. */
export type PolicyRule = z.infer<typeof policyRule>

/** What an account may do in every namespace, and what in its own only. */
export interface AccountRules {
  readonly everywhere: readonly PolicyRule[]
  readonly ownNamespace: readonly PolicyRule[]
}

const permissions = z.strictObject({ namespaced: z.array(policyRule), cluster: z.array(policyRule) })

const shippedFile = z.strictObject({
  base: permissions,
  secrets: permissions,
  providers: z.record(z.string(), permissions),
  routers: z.record(z.string(), permissions),
  own: z.record(z.string(), z.array(policyRule)),
  /** For notifications that namespaces configure themselves, which is off by default. */
  selfService: permissions,
})

/**
 * The rules that the product ships: the file that its Helm chart puts into the roles of an installation for the whole
 * cluster with all routers. Strict, so that a section which the stories would not grant fails here and is not forgotten.
 */
export async function readShippedRules(): Promise<AccountRules> {
  const file = join(import.meta.dirname, '..', '..', '..', 'charts', 'crossfade', 'rbac', 'rules.yaml')
  const shipped = shippedFile.parse(parseYaml(await readFile(file, 'utf8')))
  const parts = [shipped.base, shipped.secrets, ...Object.values(shipped.providers), ...Object.values(shipped.routers)]
  return {
    everywhere: parts.flatMap(({ namespaced, cluster }) => [...namespaced, ...cluster]),
    ownNamespace: Object.values(shipped.own).flat(),
  }
}
