// Bundles what users start with their own Node: the kubectl plugin, as one CommonJS file for Node 20 and newer.
import { chmod, mkdir } from 'node:fs/promises'
import { build } from 'esbuild'

const plugin = 'dist/kubectl-crossfade.cjs'

await mkdir('dist', { recursive: true })
const result = await build({
  entryPoints: ['src/bin/kubectl-crossfade.ts'],
  outfile: plugin,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  banner: { js: '#!/usr/bin/env node' },
  metafile: true,
  logLevel: 'warning',
})
await chmod(plugin, 0o755)
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
  console.log(`${file}  ${Math.round(bytes / 1024)} KiB`)
}
