import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { HarnessError } from './errors.ts'
import { ensureKept } from './kept.ts'

/** Paths of the programs that the harness runs. */
export interface Binaries {
  readonly etcd: string
  readonly apiServer: string
  readonly controllerManager: string
  readonly scheduler: string
  readonly kubectl: string
  readonly kwok: string
}

/** A Go module below `test/cluster/binaries` and how to build the one program that it is for. */
interface GoProgram {
  readonly module: string
  readonly package: string
  readonly ldflags: string
  readonly expect: string
}

const sources = join(import.meta.dirname, '..', 'binaries')
const version = 'k8s.io/component-base/version'

const kubernetes: GoProgram = {
  module: 'kubernetes',
  package: '.',
  // Without these the server says v0.0.0, and kubectl and version checks of clients refuse or warn.
  ldflags: `-s -w -X ${version}.gitVersion=v1.34.4 -X ${version}.gitMajor=1 -X ${version}.gitMinor=34`,
  expect: 'about 5 minutes on 2 cores',
}

const kwok: GoProgram = {
  module: 'kwok',
  package: 'sigs.k8s.io/kwok/cmd/kwok',
  ldflags: '-s -w',
  expect: 'about 2 minutes on 2 cores',
}

const traefik: GoProgram = {
  module: 'traefik',
  package: 'github.com/traefik/traefik/v3/cmd/traefik',
  ldflags: '-s -w',
  expect: 'about 9 minutes on 2 cores',
}

const contour: GoProgram = {
  module: 'contour',
  package: 'github.com/projectcontour/contour/cmd/contour',
  ldflags: '-s -w',
  expect: 'about 3 minutes on 2 cores',
}

const kubernetesVersion = 'helm.sh/helm/v3/pkg/chartutil.k8sVersion'

const helm: GoProgram = {
  module: 'helm',
  package: 'helm.sh/helm/v3/cmd/helm',
  // Without these it takes Kubernetes 1.20 for the version that charts are rendered for.
  ldflags: `-s -w -X ${kubernetesVersion}Major=1 -X ${kubernetesVersion}Minor=34`,
  expect: 'about 3 minutes on 2 cores',
}

async function keyOf(program: GoProgram): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(program)).update(process.arch)
  for (const name of ['go.mod', 'go.sum', 'main.go']) {
    const file = join(sources, program.module, name)
    if (existsSync(file)) hash.update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 16)
}

async function goBuild(program: GoProgram, output: string): Promise<void> {
  const args = ['build', '-trimpath', '-ldflags', program.ldflags, '-o', output, program.package]
  const child = spawn('go', args, { cwd: join(sources, program.module), stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new HarnessError('building the test programs: the cluster tests need Go 1.26 or newer on PATH', { cause }),
      ),
    )
    child.once('close', resolve)
  })
  if (code !== 0) throw new HarnessError(`building ${program.module} with go ${args.join(' ')}:\n${complaints}`)
}

async function ensureProgram(program: GoProgram, report: (line: string) => void): Promise<string> {
  const { module, expect } = program
  const make = (folder: string): Promise<void> => goBuild(program, join(folder, module))
  const making = { name: module, key: await keyOf(program), file: module, expect: `from Go modules, ${expect}`, make }
  return ensureKept(making, report)
}

/** The program answers to several names; each is a link to it. */
async function linkAs(binary: string, name: string): Promise<string> {
  const link = join(binary, '..', name)
  await symlink(binary, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return link
}

/**
 * The programs of the control plane, built from their Go modules when the cache does not have them. The cache is keyed by
 * what is built, so a changed version builds anew and the old one stays for other branches.
 * @throws HarnessError when Go is missing or a build fails
 */
export async function ensureBinaries(report: (line: string) => void): Promise<Binaries> {
  const main = await ensureProgram(kubernetes, report)
  return {
    etcd: await linkAs(main, 'etcd'),
    apiServer: await linkAs(main, 'kube-apiserver'),
    controllerManager: await linkAs(main, 'kube-controller-manager'),
    scheduler: await linkAs(main, 'kube-scheduler'),
    kubectl: await linkAs(main, 'kubectl'),
    kwok: await ensureProgram(kwok, report),
  }
}

/** The proxy of the stories on a real data plane, built when the cache does not have it. @throws HarnessError */
export function ensureTraefik(report: (line: string) => void): Promise<string> {
  return ensureProgram(traefik, report)
}

/** The controller that tells Envoy where requests go, built when the cache does not have it. @throws HarnessError */
export function ensureContour(report: (line: string) => void): Promise<string> {
  return ensureProgram(contour, report)
}

/** Helm, built when the cache does not have it. @throws HarnessError when Go is missing or the build fails */
export function ensureHelm(report: (line: string) => void): Promise<string> {
  return ensureProgram(helm, report)
}
