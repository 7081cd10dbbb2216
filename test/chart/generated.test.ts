import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { chartPermissions } from '../../scripts/generate/chart-permissions.ts'
import { chartValuesSchema } from '../../scripts/generate/chart-values-schema.ts'
import { parseYaml } from '../../src/lib/yaml.ts'
import { flags } from '../../src/operator/configuration.ts'
import { providerPermissions, routerPermissions } from '../../src/operator/permissions.ts'
import { version } from '../../src/operator/version.ts'

const chart = new URL('../../charts/crossfade/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, chart), 'utf8')

const values = z
  .looseObject({ routers: z.record(z.string(), z.boolean()), providers: z.record(z.string(), z.boolean()) })
  .parse(parseYaml(read('values.yaml')))

const schema = z
  .object({
    properties: z.record(z.string(), z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() })),
  })
  .parse(JSON.parse(read('values.schema.json')))

test('the permissions and the schema of values are those of the sources (after a change: npm run generate)', () => {
  // Not shown as a difference: the files are long, and what has changed is in the sources.
  assert.ok(read('rbac/rules.yaml') === chartPermissions(), 'rbac/rules.yaml is not up to date')
  assert.ok(read('values.schema.json') === chartValuesSchema(), 'values.schema.json is not up to date')
})

test('there is a switch for each router and each provider that needs more than the others, all on', () => {
  const on = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, true]))
  assert.deepEqual(values.routers, on(routerPermissions))
  assert.deepEqual(values.providers, on({ ...providerPermissions, secrets: true }))
})

test('each value of the schema has a default, so that values.yaml is the whole list', () => {
  const names = Object.keys(schema.properties).filter((name) => name !== 'global')
  assert.deepEqual(names.toSorted(), Object.keys(values).toSorted())
})

test('flags can be set as the controller knows them, but for those that other values settle', () => {
  const settable = Object.keys(schema.properties.flags?.properties ?? {})
  const settled = Object.keys(flags).filter((name) => !settable.includes(name))
  assert.deepEqual(settled.toSorted(), [
    ...['context', 'healthzPort', 'help', 'instance-id', 'kubeconfig', 'leader-elect', 'metricsPort'],
    ...['namespace', 'namespaced', 'notifications', 'self-service-notification-enabled', 'version'],
  ])
})

test('the chart and the controller have one version', () => {
  const { version: chartVersion, appVersion } = z
    .object({ version: z.string(), appVersion: z.string() })
    .parse(parseYaml(read('Chart.yaml')))
  assert.deepEqual([chartVersion, appVersion], [version, version])
})
