/**
 * Makes the plugin a program that needs no Node, as archives in dist/release with a manifest for krew: for this machine, or with
 * `--all` for all that can be made here. Node comes from the npm packages that package.json pins. A program for macOS must be
 * signed, so it is made on macOS only.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import { type Archive, krewManifest } from './release/krew-manifest.ts'
import { archiveName, executableName, isOf, type Target, targets } from './release/targets.ts'

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    // Where the archives will be: krew downloads them from there.
    'base-url': { type: 'string', default: 'https://example.com/crossfade/' },
  },
})

const root = join(import.meta.dirname, '..')
const release = join(root, 'dist', 'release')
/** What marks in Node's own binary whether a program is in it; Node's documentation of single executables. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const run = (folder: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

/** The blob with the program: the same for all machines, without a code cache, which is of one. */
const makeBlob = (folder: string): string => {
  const config = join(folder, 'sea.json')
  const output = join(folder, 'program.blob')
  const main = join(root, manifest.bin['kubectl-crossfade'])
  const choices = { disableExperimentalSEAWarning: true, useCodeCache: false, useSnapshot: false }
  writeFileSync(config, JSON.stringify({ main, output, ...choices }))
  run(folder, process.execPath, '--experimental-sea-config', config)
  return output
}

/** Path of Node for a machine: of this checkout when it has it, else fetched by npm. */
const nodeFor = ({ nodePackage, nodePath }: Target, folder: string): string => {
  const installed = join(root, 'node_modules', nodePackage, nodePath)
  if (existsSync(installed)) return installed
  const pinned: Readonly<Record<string, string>> = manifest.optionalDependencies
  const fetched = run(folder, 'npm', 'pack', '--silent', `${nodePackage}@${pinned[nodePackage]}`).trim()
  run(folder, 'tar', '-xzf', fetched)
  return join(folder, 'package', nodePath)
}

const injectInto = (executable: string, blob: string, { os }: Target): void => {
  const signed = os === 'darwin'
  if (signed) run(root, 'codesign', '--remove-signature', executable)
  const segment = signed ? ['--macho-segment-name', 'NODE_SEA'] : []
  const tool = join(root, 'node_modules', 'postject', 'dist', 'cli.js')
  run(root, process.execPath, tool, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse, ...segment)
  if (signed) run(root, 'codesign', '--sign', '-', executable)
}

const makeArchive = (target: Target, blob: string): Archive => {
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-executable-'))
  try {
    const executable = join(folder, executableName(target))
    const node = nodeFor(target, folder)
    copyFileSync(node, executable)
    chmodSync(executable, 0o755)
    injectInto(executable, blob, target)
    if (isOf(target, process.platform, process.arch)) console.log(run(folder, executable, 'version').trim())
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
    copyFileSync(join(root, `${manifest.bin['kubectl-crossfade']}.licenses.txt`), join(folder, 'LICENSES.txt'))
    // Node is in the executable, so its license goes with it; its path in the package is two levels deep on every machine.
    copyFileSync(join(node, '..', '..', 'LICENSE'), join(folder, 'LICENSE-node'))
    const archive = join(release, archiveName(target))
    run(folder, 'tar', '-czf', archive, executableName(target), 'LICENSE', 'LICENSES.txt', 'LICENSE-node')
    return { target, sha256: createHash('sha256').update(readFileSync(archive)).digest('hex') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const here = targets.filter((target) => isOf(target, process.platform, process.arch))
const possible = targets.filter(({ os }) => os !== 'darwin' || process.platform === 'darwin')
const folder = mkdtempSync(join(tmpdir(), 'crossfade-executable-'))
try {
  mkdirSync(release, { recursive: true })
  const blob = makeBlob(folder)
  const archives = (options.all ? possible : here).map((target) => makeArchive(target, blob))
  writeFileSync(join(release, 'crossfade.yaml'), krewManifest(manifest.version, options['base-url'], archives))
  for (const { target, sha256 } of archives) console.log(`dist/release/${archiveName(target)}  ${sha256}`)
  console.log('dist/release/crossfade.yaml')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
