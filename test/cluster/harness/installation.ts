import assert from 'node:assert/strict'
import { join } from 'node:path'

import type { AuditEntry, AuditMark } from './audit.ts'
import type { Cluster } from './cluster.ts'
import { installCrds } from './crds.ts'
import { freePort } from './ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from './process.ts'
import { createServiceAccount, type ServiceAccount } from './service-account.ts'
import { readShippedRules } from './shipped-rbac.ts'

/** The product in the cluster: CRDs, a ServiceAccount with the shipped rules, and controllers when a story starts them. */
export interface Installation {
  readonly account: ServiceAccount
  /** Starts a controller as its own process, ready when this returns. @throws HarnessError */
  startController(
    name: string,
    flags?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<RunningProcess>
  /** Fails when the API server has refused anything to the controller since the mark. */
  expectNothingForbidden(since: AuditMark): Promise<void>
  /** What the controller has asked of the API server since the mark, leases and watches left out. */
  requests(since: AuditMark): Promise<readonly AuditEntry[]>
}

const repository = join(import.meta.dirname, '..', '..', '..')
const namespace = 'crossfade'

async function startController(
  cluster: Cluster,
  account: ServiceAccount,
  name: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  const [metricsPort, healthPort] = [await freePort(), await freePort()]
  const controller = await startProcess({
    name,
    command: process.execPath,
    log: join(cluster.plane.directory, `${name}.log`),
    cwd: repository,
    env: { POD_NAMESPACE: namespace, ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: cluster.prometheus.url, ...env },
    args: [
      join('src', 'bin', 'controller.ts'),
      `--kubeconfig=${account.kubeconfig}`,
      `--metricsPort=${metricsPort}`,
      `--healthzPort=${healthPort}`,
      '--loglevel=debug',
      ...flags,
    ],
  })
  await waitUntilReady(controller, () => answers(`http://127.0.0.1:${healthPort}/readyz`))
  return controller
}

function atStartup({ plane }: Cluster, entry: AuditEntry): boolean {
  const at = Date.parse(entry.requestReceivedTimestamp)
  return plane.startups.some(({ from, to }) => from <= at && at <= to)
}

async function install(cluster: Cluster): Promise<Installation> {
  await installCrds(cluster.plane)
  await cluster.createNamespace(namespace)
  const account = await createServiceAccount(cluster.plane, {
    namespace,
    name: 'crossfade',
    rules: await readShippedRules(),
  })
  const { audit } = cluster.plane
  return {
    account,
    startController: (name, flags = ['--leader-elect=false'], env) =>
      startController(cluster, account, name, flags, env),
    async expectNothingForbidden(since) {
      const entries = await audit.entries(account.user, since)
      const refused = entries.filter((entry) => entry.responseStatus?.code === 403 && !atStartup(cluster, entry))
      const seen = new Set(refused.map((entry) => `${entry.verb} ${entry.requestURI}`))
      assert.deepEqual([...seen], [], 'the shipped RBAC does not allow what the controller asked for')
    },
    async requests(since) {
      const entries = await audit.entries(account.user, since)
      return entries.filter((entry) => entry.verb !== 'watch' && entry.objectRef?.resource !== 'leases')
    },
  }
}

const installations = new WeakMap<Cluster, Promise<Installation>>()

/** Installs the product when the first story asks for it. @throws HarnessError when a manifest is refused */
export function useInstallation(cluster: Cluster): Promise<Installation> {
  const known = installations.get(cluster) ?? install(cluster)
  installations.set(cluster, known)
  return known
}
