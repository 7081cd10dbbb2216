/** Writes what is generated from the sources: the CustomResourceDefinitions in `crds/`, parts of the chart, and reference pages in `docs/`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { chartPermissions } from './generate/chart-permissions.ts'
import { chartValuesSchema } from './generate/chart-values-schema.ts'
import { cliReference } from './generate/cli-reference.ts'
import { configurationPage } from './generate/configuration-page.ts'
import { crdFiles } from './generate/custom-resource-definitions.ts'
import { dashboardFiles } from './generate/dashboards/files.ts'
import { logPage } from './generate/log-page.ts'
import { metricPage } from './generate/metric-page.ts'
import { pluginApi } from './generate/plugin-api.ts'
import { providerPage } from './generate/provider-table.ts'

const root = new URL('../', import.meta.url)

/** Every generated file: its path below the repository, and its text. */
const files: readonly (readonly [path: string, text: string])[] = [
  ...[...crdFiles()].map(([name, text]) => [`crds/${name}`, text] as const),
  ['docs/cli.md', cliReference()],
  ['docs/plugin-api.yaml', pluginApi()],
  ['docs/providers.md', providerPage()],
  ['docs/metrics.md', metricPage()],
  ['docs/logs.md', logPage()],
  ['docs/configuration.md', configurationPage()],
  ['charts/crossfade/rbac/rules.yaml', chartPermissions()],
  ['charts/crossfade/values.schema.json', chartValuesSchema()],
  ...[...dashboardFiles()].map(([name, text]) => [`charts/crossfade/dashboards/${name}`, text] as const),
]

for (const [path, text] of files) {
  const file = new URL(path, root)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, text)
  console.log(`${path}: ${Math.ceil(text.length / 1024)} KiB`)
}
