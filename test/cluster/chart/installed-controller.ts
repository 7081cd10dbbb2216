import assert from 'node:assert/strict'
import { join } from 'node:path'
import { z } from 'zod'
import type { AuditMark } from '../harness/audit.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { freePort } from '../harness/ports.ts'
import { answers, startProcess, waitUntilReady } from '../harness/process.ts'
import { actAs } from '../harness/service-account.ts'

const deploymentSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.tuple([z.object({ args: z.array(z.string()).default([]) })]),
      }),
    }),
  }),
})

/** A controller that runs as its Deployment says, as the ServiceAccount that this names. */
export interface InstalledController {
  /** Its flags, as the Deployment has them. */
  readonly flags: readonly string[]
  readonly healthUrl: string
  readonly metricsUrl: string
  /** Asks it to end, and fails unless it does so in order. */
  stop(): Promise<void>
  /** Fails when the API server has refused it anything since it was started. */
  expectNothingForbidden(): Promise<void>
}

const repository = join(import.meta.dirname, '..', '..', '..')

async function forbidden({ audit }: ControlPlane, user: string, since: AuditMark): Promise<readonly string[]> {
  const entries = await audit.entries(user, since)
  assert.ok(entries.length > 0, `the audit log knows nothing of ${user}`)
  const refused = entries.filter(({ responseStatus }) => responseStatus?.code === 403)
  return [...new Set(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`))]
}

/**
 * Starts what a pod of the Deployment would run: its flags and its ServiceAccount, with a token as a kubelet asks for it.
 * Only the ports are others, since all share this machine. @throws HarnessError
 */
export async function startInstalledController(plane: ControlPlane, namespace: string): Promise<InstalledController> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/crossfade`
  const { spec } = (await plane.api.get(path, deploymentSchema)).spec.template
  const [{ args: flags }] = spec.containers
  const account = await actAs(plane, namespace, spec.serviceAccountName)
  const [metricsPort, healthPort, since] = [await freePort(), await freePort(), await plane.audit.mark()]
  const name = `crossfade-in-${namespace}`
  const controller = await startProcess({
    name,
    command: process.execPath,
    log: join(plane.directory, `${name}.log`),
    cwd: repository,
    env: { POD_NAMESPACE: namespace },
    args: [
      join('src', 'bin', 'controller.ts'),
      `--kubeconfig=${account.kubeconfig}`,
      `--metricsPort=${metricsPort}`,
      `--healthzPort=${healthPort}`,
      ...flags,
    ],
  })
  const healthUrl = `http://127.0.0.1:${healthPort}`
  await waitUntilReady(controller, () => answers(`${healthUrl}/readyz`))
  return {
    flags,
    healthUrl,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    async stop() {
      await controller.stop('SIGTERM', 28_000)
      assert.equal(controller.exit(), 0, controller.tail(5))
    },
    async expectNothingForbidden() {
      assert.deepEqual(await forbidden(plane, account.user, since), [], 'the chart does not allow what was asked for')
    },
  }
}
