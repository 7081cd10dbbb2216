import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { KubeClient } from '../kube/client.ts'
import type { Clock } from '../lib/clock.ts'
import { version } from '../operator/version.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { serveDashboard } from '../server/dashboard/serve.ts'
import { silentLogger } from '../telemetry/silent-logger.ts'

/** A dashboard of a sandbox. */
export interface DemoDashboard {
  /** The address to open, with its token. */
  readonly address: string
  close(): Promise<void>
}

const user = 'dashboard'

/** Serves the dashboard of a sandbox on a free port of this machine. */
export const openDashboard = async (
  sandbox: Sandbox,
  namespace: string,
  { clock, page }: { readonly clock: Clock; readonly page: string },
): Promise<DemoDashboard> => {
  const transport = sandbox.transport(user)
  const yieldToLoop = async (): Promise<void> => {
    await nextTurn()
  }
  const token = randomBytes(24).toString('base64url')
  const { port, path, close } = await serveDashboard({
    transport,
    client: new KubeClient({ transport, fieldManager: user }),
    runtime: { clock, random: Math.random, yieldToLoop, log: silentLogger },
    namespace,
    version: `v${version}`,
    at: { host: '127.0.0.1', port: 0 },
    rootPath: 'rollouts',
    page,
    token,
    hostNames: [],
  })
  return { address: `http://localhost:${port}${path}?token=${token}`, close }
}
