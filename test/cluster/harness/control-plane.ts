import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type ApiClient, createApiClient } from './api-client.ts'
import { type AuditLog, auditPolicy, createAuditLog } from './audit.ts'
import { type Binaries, ensureBinaries } from './binaries.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { createPki, type Pki, readKeyPair } from './pki.ts'
import { freePort } from './ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from './process.ts'

/** A real etcd and a real kube-apiserver on loopback ports. Nothing in it makes pods; see `startWorkloads`. */
export interface ControlPlane {
  readonly server: string
  /** A kubeconfig of a cluster administrator. */
  readonly kubeconfig: string
  /** Everything of this control plane: certificates, kubeconfigs, logs. */
  readonly directory: string
  readonly binaries: Binaries
  readonly pki: Pki
  /** The administrator's client. */
  readonly api: ApiClient
  readonly audit: AuditLog
  /** A kubeconfig with a client certificate of this user; all users made here may do everything. */
  kubeconfigOf(user: string): Promise<string>
  /** Kills the API server, leaves it away for a while, and starts it again on the same port and data. */
  restartApiServer(awayMs: number): Promise<void>
  /**
   * The times in which the API server answered without being ready. It knows no RBAC rules at first, and refuses everything
   * to everybody.
   */
  readonly startups: readonly Startup[]
  /** Ends both servers. `keepFiles` leaves the folder for reading logs. */
  stop(options?: { keepFiles?: boolean }): Promise<void>
}

/** From the start of an API server until it said that it is ready, in milliseconds since the epoch. */
export interface Startup {
  readonly from: number
  readonly to: number
}

/** Where to put things and what to print while the programs are built. */
export interface ControlPlaneOptions {
  readonly directory?: string
  readonly report?: (line: string) => void
}

async function startEtcd(binary: string, directory: string): Promise<{ process: RunningProcess; url: string }> {
  const [client, peer] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  const process = await startProcess({
    name: 'etcd',
    command: binary,
    log: join(directory, 'etcd.log'),
    args: [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  })
  await waitUntilReady(process, () => answers(`${url}/health`))
  return { process, url }
}

function apiServerArgs(settings: { etcd: string; port: number; pki: Pki; directory: string }): string[] {
  const { etcd, port, pki, directory } = settings
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.server.certificate}`,
    `--tls-private-key-file=${pki.server.key}`,
    `--client-ca-file=${pki.authority}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.serviceAccounts.publicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccounts.privateKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // A loopback address is no valid endpoint, so the server must not try to publish its own.
    '--endpoint-reconciler-type=none',
    // Its node controller, which would lift the taint of a new node, does not run here.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--event-ttl=1h',
    `--audit-policy-file=${join(directory, 'audit-policy.json')}`,
    `--audit-log-path=${join(directory, 'audit.log')}`,
    // Watches would hold a stopping server for a minute.
    '--shutdown-delay-duration=0s',
  ]
}

/**
 * Starts etcd and kube-apiserver; they are ready in about 3 s when the binaries are in the cache.
 * @throws HarnessError when a program is missing or does not become ready
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await ensureBinaries(options.report ?? (() => undefined))
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'crossfade-cluster-')))
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'audit-policy.json'), JSON.stringify(auditPolicy))
  const [pki, etcd, port] = [await createPki(directory), await startEtcd(binaries.etcd, directory), await freePort()]
  const server = `https://127.0.0.1:${port}`

  const kubeconfigOf = async (user: string): Promise<string> => {
    const identity = await pki.client(user, 'system:masters')
    return writeKubeconfig(join(directory, `${user}.kubeconfig`), { server, authority: pki.authority, user, identity })
  }
  const kubeconfig = await kubeconfigOf('admin')
  const { cert: authority } = await readKeyPair({ certificate: pki.authority, key: pki.authority })
  const admin = { certificate: join(directory, 'admin.crt'), key: join(directory, 'admin.key') }
  const api = createApiClient({ server, authority, ...(await readKeyPair(admin)) })

  const startups: Startup[] = []
  const startApiServer = async (): Promise<RunningProcess> => {
    const from = Date.now()
    const process = await startProcess({
      name: 'kube-apiserver',
      command: binaries.apiServer,
      log: join(directory, 'kube-apiserver.log'),
      args: apiServerArgs({ etcd: etcd.url, port, pki, directory }),
    })
    await waitUntilReady(process, () => api.ok('/readyz'), 60_000)
    startups.push({ from, to: Date.now() })
    return process
  }
  let apiServer = await startApiServer()

  return {
    server,
    kubeconfig,
    directory,
    binaries,
    pki,
    api,
    audit: createAuditLog(join(directory, 'audit.log')),
    kubeconfigOf,
    startups,
    async restartApiServer(awayMs) {
      await apiServer.stop('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      apiServer = await startApiServer()
    },
    async stop({ keepFiles = false } = {}) {
      api.close()
      await apiServer.stop('SIGKILL')
      await etcd.process.stop('SIGKILL')
      if (!keepFiles) await rm(directory, { recursive: true, force: true })
    },
  }
}
