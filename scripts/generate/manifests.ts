import { join } from 'node:path'
import { formatYaml } from '../../src/lib/yaml.ts'

/** Runs Helm and returns what it prints. @throws when it refuses */
export type RunHelm = (...args: readonly string[]) => Promise<string>

interface Base {
  /** Folder below `manifests/`. */
  readonly folder: string
  readonly about: string
  /** Values of the chart that differ from its defaults. */
  readonly values: readonly string[]
  /** What the base includes besides its own manifest. */
  readonly includes: readonly string[]
}

/** What an installation is called where people do not choose. */
const namespace = 'crossfade'

const bases: readonly Base[] = [
  {
    folder: 'cluster-install',
    about: 'The controller for all namespaces, in the namespace crossfade. The CRDs are in crds/.',
    values: [],
    includes: ['../../crds'],
  },
  {
    folder: 'namespace-install',
    about:
      'The controller for the namespace crossfade only, without any right in others. The CRDs are in crds/, installed by somebody who may.',
    values: ['namespaced=true', 'rbac.aggregate=false', 'routers.kuma=false'],
    includes: [],
  },
]

const chart = join(import.meta.dirname, '..', '..', 'charts', 'crossfade')

/** Nobody upgrades plain manifests by Helm, so they do not say that they are its. */
const withoutHelm = (manifest: string): string =>
  manifest
    .replace(/^# Source: .*\n/gm, '')
    .replace(/^\s+helm\.sh\/chart: .*\n/gm, '')
    .replace(/^(\s+app\.kubernetes\.io\/managed-by): Helm$/gm, '$1: crossfade')

const install = async ({ about, values }: Base, helm: RunHelm): Promise<string> => {
  const settings = ['crds.install=false', ...values].flatMap((value) => ['--set', value])
  const options = ['--namespace', namespace, '--no-hooks', '--skip-tests', ...settings]
  const manifest = await helm('template', 'crossfade', chart, ...options)
  return [`# ${about}`, '# Made from charts/crossfade by `npm run manifests`.', withoutHelm(manifest)].join('\n')
}

const kustomization = ({ includes }: Base): string =>
  formatYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...includes, 'install.yaml'],
  })

/** The files of `manifests/` by their paths: plain manifests, each in a base for Kustomize. */
export const manifestFiles = async (helm: RunHelm): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>()
  for (const base of bases) {
    files.set(`${base.folder}/install.yaml`, await install(base, helm))
    files.set(`${base.folder}/kustomization.yaml`, kustomization(base))
  }
  return files
}
