// Bundles what is started as one file: the kubectl plugin, with the user's own Node (20 or newer), and the controller; and
// the dashboard's page, which the plugin serves.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { version } from '../src/operator/version.ts'
import { bundledPackages, licenseList } from './build/bundled-packages.ts'
import { buildDashboardPage, type DashboardPage } from './build/dashboard-page.ts'
import { type PackedProgramOptions, packProgram } from './build/packed-program.ts'
import { billOfMaterials } from './build/sbom.ts'

const root = join(import.meta.dirname, '..')

/**
 * Of Kubernetes' client library only KubeConfig is used. Its generated API classes are four fifths of it, half of the time
 * that a command takes to start and 50 MB of the controller; undici, with which it makes requests of its own, does not load
 * on Node 20.
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
      contents: `class Absent { constructor() { throw new Error(${JSON.stringify(`using ${path}: it is not part of the bundle`)}) } }
        module.exports = new Proxy({ fetch }, { get: (known, name) => known[name] ?? Absent })`,
    }))
  },
}

/**
 * What KubeConfig needs for some users and clusters only: proxies, and where some clouds write tokens. In the bundle a
 * module of getters takes the place of each, and loads it when something of it is used.
 */
const seldomUsedPackages: Plugin = {
  name: 'seldom-used-packages',
  setup({ onResolve, onLoad }) {
    const library = join(root, 'node_modules/@kubernetes/client-node/dist')
    onResolve({ filter: /^(hpagent|jsonpath-plus|socks|socks-proxy-agent)$/ }, ({ path, importer }) =>
      importer.startsWith(library) ? { path, namespace: 'when-used' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'when-used' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^(?!default$)[A-Za-z]\w*$/.test(name))
      const getters = names.map((name) => `get ${name}() { return require(${JSON.stringify(path)}).${name} }`)
      return { resolveDir: root, loader: 'js', contents: `module.exports = { ${getters.join(', ')} }` }
    })
  },
}

/**
 * The library that asks Prometheus sends its requests by axios, to which an adapter of our own is given. What axios would
 * send them with in Node is never called, and takes 6 MB of the controller: its build for browsers has none of it.
 */
const axiosWithoutTransport: Plugin = {
  name: 'axios-without-transport',
  setup({ onResolve }) {
    onResolve({ filter: /^axios$/ }, () => ({ path: join(root, 'node_modules/axios/dist/browser/axios.cjs') }))
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

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  legalComments: 'linked',
  metafile: true,
  plugins: [onlyKubeConfig, seldomUsedPackages, axiosWithoutTransport],
  logLevel: 'warning',
} as const satisfies BuildOptions

const pluginFile = 'dist/kubectl-crossfade.cjs'

/** The plugin, for the Node of the user's host. */
const plugin = {
  ...shared,
  entryPoints: ['src/bin/kubectl-crossfade.ts'],
  target: 'node20',
  minify: true,
  banner: { js: '#!/usr/bin/env node' },
} as const satisfies PackedProgramOptions

const controllerFile = 'dist/controller.mjs'

/**
 * The controller, for the Node of its image. The file loads the program instead of being it: each module is then a function
 * of its own, which Node compiles when it is called. All of them compiled as one would take 17 MB, of which nothing is given back.
 */
const controller = {
  ...shared,
  stdin: { contents: "await import('./src/bin/controller.ts')", resolveDir: root, sourcefile: 'start.js' },
  outfile: controllerFile,
  target: 'node24',
  format: 'esm',
  // Identifiers stay: stack traces in logs name functions.
  minifyWhitespace: true,
  minifySyntax: true,
  // Libraries in CommonJS ask for Node's own modules with it.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
} as const satisfies BuildOptions

/** Files of which something is left in a bundle. */
const usedInputs = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
  )

const tellSize = async (file: string): Promise<void> => {
  const { size } = await stat(join(root, file))
  console.log(`${file}  ${Math.round(size / 1024)} KiB`)
}

/** What goes with a bundle: the licenses of what is in it, and its bill of materials. */
const describeContents = async (outfile: string, inputs: readonly string[]): Promise<void> => {
  const packages = bundledPackages(root, inputs)
  const file = join(root, outfile)
  const subject = { name: 'crossfade', version, license: 'Apache-2.0', content: await readFile(file) }
  await writeFile(`${file}.licenses.txt`, licenseList(packages))
  await writeFile(`${file}.sbom.json`, billOfMaterials(subject, packages))
  await tellSize(outfile)
}

const buildPlugin = async (page: DashboardPage): Promise<void> => {
  const define = {
    'import.meta.url': '""',
    crossfadeBuild: JSON.stringify(buildInfo()),
    crossfadeDashboardPage: JSON.stringify(page.html),
  }
  const { text, legalText, metafile } = await packProgram({ ...plugin, define })
  const file = join(root, pluginFile)
  await writeFile(file, text)
  await chmod(file, 0o755)
  await writeFile(`${file}.LEGAL.txt`, legalText)
  // The page is part of the plugin, as a text in which esbuild sees no packages.
  await describeContents(pluginFile, [...usedInputs(metafile), ...page.inputs])
}

const buildController = async (): Promise<void> => {
  const { metafile } = await build(controller)
  await describeContents(controllerFile, usedInputs(metafile))
}

await mkdir(join(root, 'dist'), { recursive: true })
const page = await buildDashboardPage(root)
await writeFile(join(root, 'dist/dashboard.html'), page.html)
await tellSize('dist/dashboard.html')
await buildPlugin(page)
await buildController()
