import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ensureContour } from '../harness/binaries.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { goModuleFolder, installCrdsOf } from '../harness/crds.ts'
import { HarnessError } from '../harness/errors.ts'
import { runCommand } from '../harness/kubectl.ts'
import { freePort } from '../harness/ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from '../harness/process.ts'
import { createGateway, type GatewayName } from './gateway.ts'

/** A real Contour, which makes of HTTPProxies and HTTPRoutes what an Envoy is told. */
export interface Contour {
  /** Where the Envoy's admin interface answers once it has been told so: a port on loopback. */
  readonly adminPort: number
  /** Writes what an Envoy needs to know at its start, and gives the path of that file. @throws HarnessError */
  bootstrap(): Promise<string>
  stop(): Promise<void>
}

/** The Gateway of the HTTPRoutes that Contour serves. */
export const contourGateway: GatewayName = { name: 'gateway', namespace: 'contour' }

/** In containers nobody listens below 1024, so Contour has Envoy listen so much higher than the Gateway says. */
const portShift = 8000

/** CRDs of the product, of the version that runs. @throws HarnessError */
async function installContourCrds(plane: ControlPlane): Promise<void> {
  const folder = await goModuleFolder('contour', 'github.com/projectcontour/contour')
  await installCrdsOf(plane, [join(folder, 'examples', 'contour', '01-crds.yaml')])
}

async function run(plane: ControlPlane, program: string, config: string, xdsPort: number): Promise<RunningProcess> {
  const [healthPort, debugPort, statsPort] = [await freePort(), await freePort(), await freePort()]
  const contour = await startProcess({
    name: 'contour',
    command: program,
    log: join(plane.directory, 'contour.log'),
    args: [
      'serve',
      `--kubeconfig=${await plane.kubeconfigOf('contour')}`,
      `--config-path=${config}`,
      '--insecure',
      '--xds-address=127.0.0.1',
      `--xds-port=${xdsPort}`,
      '--http-address=127.0.0.1',
      `--http-port=${healthPort}`,
      '--health-address=127.0.0.1',
      `--health-port=${healthPort}`,
      `--debug-http-port=${debugPort}`,
      '--stats-address=127.0.0.1',
      `--stats-port=${statsPort}`,
      '--envoy-service-http-address=127.0.0.1',
      '--disable-leader-election',
      // The kinds that the standard channel of the Gateway API does not have.
      '--disable-feature=tlsroutes',
      '--disable-feature=tcproutes',
      '--disable-feature=backendtlspolicies',
    ],
  })
  await waitUntilReady(contour, () => answers(`http://127.0.0.1:${healthPort}/healthz`))
  return contour
}

async function writeBootstrap(program: string, home: string, xdsPort: number): Promise<string> {
  const file = join(home, 'bootstrap.json')
  const args = ['bootstrap', '--xds-address=127.0.0.1', `--xds-port=${xdsPort}`]
  const { code, stderr } = await runCommand(program, [...args, `--admin-address=${join(home, 'admin.sock')}`, file])
  if (code !== 0) throw new HarnessError(`writing the configuration of Envoy: ${stderr.trim()}`)
  return file
}

/**
 * Starts Contour with its defaults and one Gateway, whose only listener HTTPProxies have too. Its xDS has no certificates,
 * which is for a network of its own only.
 * @param port where Envoy is to listen
 * @throws HarnessError when it cannot be built or does not start
 */
export async function startContour(plane: ControlPlane, port: number): Promise<Contour> {
  const home = join(plane.directory, 'envoy')
  await mkdir(home, { recursive: true })
  const program = await ensureContour((line) => console.log(`# ${line}`))
  await installContourCrds(plane)
  const controller = 'projectcontour.io/gateway-controller'
  await createGateway(plane, contourGateway, { class: 'contour', controller, port: port - portShift })
  const [xdsPort, adminPort] = [await freePort(), await freePort()]
  const config = join(home, 'contour.yaml')
  await writeFile(
    config,
    JSON.stringify({ gateway: { gatewayRef: contourGateway }, network: { 'admin-port': adminPort } }),
  )
  const contour = await run(plane, program, config, xdsPort)
  return {
    adminPort,
    bootstrap: () => writeBootstrap(program, home, xdsPort),
    stop: () => contour.stop('SIGKILL'),
  }
}
