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

const crds = new URL('../crds/', import.meta.url)
mkdirSync(crds, { recursive: true })
for (const [name, text] of crdFiles()) {
  writeFileSync(new URL(name, crds), text)
  console.log(`crds/${name}: ${Math.ceil(text.length / 1024)} KiB`)
}

writeFileSync(new URL('../docs/cli.md', import.meta.url), cliReference())
console.log('docs/cli.md')

writeFileSync(new URL('../docs/plugin-api.yaml', import.meta.url), pluginApi())
console.log('docs/plugin-api.yaml')

writeFileSync(new URL('../docs/providers.md', import.meta.url), providerPage())
console.log('docs/providers.md')

writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricPage())
console.log('docs/metrics.md')

writeFileSync(new URL('../docs/logs.md', import.meta.url), logPage())
console.log('docs/logs.md')

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage())
console.log('docs/configuration.md')

const chart = new URL('../charts/crossfade/', import.meta.url)
for (const [name, text] of [
  ['rbac/rules.yaml', chartPermissions()],
  ['values.schema.json', chartValuesSchema()],
  ...[...dashboardFiles()].map(([name, text]) => [`dashboards/${name}`, text] as const),
] as const) {
  writeFileSync(new URL(name, chart), text)
  console.log(`charts/crossfade/${name}`)
}
