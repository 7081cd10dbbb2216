// Bundles what users start with their own Node: the kubectl plugin, as one CommonJS file for Node 20 and newer.
import { chmod, mkdir } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'

/**
 * Kubernetes' client library loads undici for requests of its own, which the plugin never makes, and undici does not load
 * on Node 20. In the bundle its place is taken by something that says so, should anything ever call it.
 */
const withoutUndici: Plugin = {
  name: 'without-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'absent' }))
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      loader: 'js',
      contents: `class Absent { constructor() { throw new Error('making a request: undici is not part of the plugin') } }
        module.exports = new Proxy({ fetch }, { get: (known, name) => known[name] ?? Absent })`,
    }))
  },
}

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
  plugins: [withoutUndici],
  logLevel: 'warning',
})
await chmod(plugin, 0o755)
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
  console.log(`${file}  ${Math.round(bytes / 1024)} KiB`)
}
