// Bundles what users start with their own Node: the kubectl plugin, as one CommonJS file for Node 20 and newer.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')

/**
 * Of Kubernetes' client library the plugin uses KubeConfig alone. Its generated API classes are four fifths of it and half
 * of the time that a command takes to start, and undici, with which it makes requests of its own, does not load on Node 20.
 * In the bundle something takes their place that says so, should anything ever call it.
 */
const onlyKubeConfig: Plugin = {
  name: 'only-kube-config',
  setup({ onResolve, onLoad }) {
    const library = join(root, 'node_modules/@kubernetes/client-node/dist')
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(library, 'config.js') }))
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'absent' }))
    onResolve({ filter: /\/gen\// }, ({ path, importer }) =>
      importer.startsWith(library) ? { path, namespace: 'absent' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      loader: 'js',
      contents: `class Absent { constructor() { throw new Error(${JSON.stringify(`using ${path}: it is not part of the plugin`)}) } }
        module.exports = new Proxy({ fetch }, { get: (known, name) => known[name] ?? Absent })`,
    }))
  },
}

const git = (...words: string[]): string => {
  try {
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    // Built from an archive of the sources.
    return ''
  }
}

/** What `version` prints: of the commit, not of this moment, so that the same sources give the same file. */
const buildInfo = () => {
  const commit = git('rev-parse', 'HEAD')
  const treeState = commit === '' ? '' : git('status', '--porcelain') === '' ? 'clean' : 'dirty'
  return { commit, date: git('log', '-1', '--format=%cI'), treeState }
}

const plugin = join(root, 'dist/kubectl-crossfade.cjs')

await mkdir(join(root, 'dist'), { recursive: true })
const result = await build({
  absWorkingDir: root,
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
  define: { crossfadeBuild: JSON.stringify(buildInfo()) },
  metafile: true,
  plugins: [onlyKubeConfig],
  logLevel: 'warning',
})
await chmod(plugin, 0o755)
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
  console.log(`${file}  ${Math.round(bytes / 1024)} KiB`)
}
