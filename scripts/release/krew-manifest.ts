import { formatYaml } from '../../src/lib/yaml.ts'
import { archiveName, executableName, type Target } from './targets.ts'

/** An archive that people can download. */
export interface Archive {
  readonly target: Pick<Target, 'os' | 'arch'>
  /** SHA-256 of the archive, in hexadecimal. */
  readonly sha256: string
}

/**
 * The manifest of the plugin for krew (`krew.googlecontainertools.github.com/v1alpha2`), with a platform for each archive.
 * @param where URL of the folder with the archives
 */
export const krewManifest = (version: string, where: string, archives: readonly Archive[]): string =>
  formatYaml({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'crossfade' },
    spec: {
      version: `v${version}`,
      homepage: new URL('/', where).href,
      shortDescription: 'Steer progressive releases of Rollouts',
      description: [
        'Shows Rollouts and their pods, promotes, aborts, retries and undoes releases, lints manifests and simulates',
        'what they will do. Works with Crossfade and with every controller of the Rollout API argoproj.io/v1alpha1.',
        '',
      ].join('\n'),
      platforms: archives.map(({ target, sha256 }) => ({
        selector: { matchLabels: { os: target.os, arch: target.arch } },
        uri: new URL(archiveName(target), where.endsWith('/') ? where : `${where}/`).href,
        sha256,
        bin: executableName(target),
        files: [
          { from: executableName(target), to: '.' },
          { from: 'LICENSE', to: '.' },
        ],
      })),
    },
  })
