import { join } from 'node:path'

import { z } from 'zod'

import { ensureTraefik } from '../harness/binaries.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { goModuleFolder, installCrdsOf } from '../harness/crds.ts'
import { freePort } from '../harness/ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from '../harness/process.ts'

/** A real Traefik, which routes by the Gateway API and by its own kinds. */
export interface Traefik {
  /** Where requests go: a host and port on loopback. */
  readonly port: number
  /** Where Prometheus finds its counters: `host:port`. */
  readonly metrics: string
  /**
   * The weights that it routes by at this moment, as it tells itself: of the weighted services whose name has the text in
   * it, each with its parts by name.
   */
  weights(text: string): Promise<readonly Readonly<Record<string, number>>[]>
  /** The addresses of the pods that it knows behind its services whose name has the text in it. */
  addresses(text: string): Promise<readonly string[]>
  stop(): Promise<void>
}

/** The Gateway of all HTTPRoutes, in the namespace that the data plane has for itself. */
export const gateway = { name: 'gateway', namespace: 'data-plane' }

const rawData = z.object({
  services: z
    .record(
      z.string(),
      z.object({
        weighted: z
          .object({ services: z.array(z.object({ name: z.string(), weight: z.number().default(1) })) })
          .optional(),
        loadBalancer: z.object({ servers: z.array(z.object({ url: z.string() })).default([]) }).optional(),
      }),
    )
    .default({}),
})

/** The CRDs of the product, of the version that runs. @throws HarnessError */
async function installTraefikCrds(plane: ControlPlane): Promise<void> {
  const folder = await goModuleFolder('traefik', 'github.com/traefik/traefik/v3')
  const file = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml'
  await installCrdsOf(plane, [join(folder, file)])
}

/** Listeners of a Gateway have the port of an entry point of Traefik. */
async function createGateway({ api }: ControlPlane, port: number): Promise<void> {
  const version = 'gateway.networking.k8s.io/v1'
  const gatewayClass = {
    apiVersion: version,
    kind: 'GatewayClass',
    metadata: { name: 'traefik' },
    spec: { controllerName: 'traefik.io/gateway-controller' },
  }
  await api.post(`/apis/${version}/gatewayclasses`, gatewayClass, z.object({}))
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gateway.namespace } }
  await api.post('/api/v1/namespaces', namespace, z.object({}))
  const allowedRoutes = { namespaces: { from: 'All' } }
  const listeners = [{ name: 'web', protocol: 'HTTP', port, allowedRoutes }]
  const object = {
    apiVersion: version,
    kind: 'Gateway',
    metadata: gateway,
    spec: { gatewayClassName: 'traefik', listeners },
  }
  await api.post(`/apis/${version}/namespaces/${gateway.namespace}/gateways`, object, z.object({}))
}

async function run(plane: ControlPlane, port: number, metricsPort: number, apiPort: number): Promise<RunningProcess> {
  const traefik = await startProcess({
    name: 'traefik',
    command: await ensureTraefik((line) => console.log(`# ${line}`)),
    log: join(plane.directory, 'traefik.log'),
    env: { KUBECONFIG: await plane.kubeconfigOf('traefik') },
    args: [
      `--entryPoints.web.address=127.0.0.1:${port}`,
      `--entryPoints.metrics.address=127.0.0.1:${metricsPort}`,
      `--entryPoints.traefik.address=127.0.0.1:${apiPort}`,
      '--providers.kubernetesgateway=true',
      '--providers.kubernetescrd=true',
      '--metrics.prometheus=true',
      '--metrics.prometheus.entryPoint=metrics',
      '--metrics.prometheus.addServicesLabels=true',
      '--api.insecure=true',
      '--ping=true',
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--log.level=INFO',
    ],
  })
  await waitUntilReady(traefik, () => answers(`http://127.0.0.1:${apiPort}/ping`))
  return traefik
}

/**
 * Starts Traefik with its defaults: among them that it takes new configurations once in two seconds at most.
 * @throws HarnessError when it cannot be built or does not start
 */
export async function startTraefik(plane: ControlPlane): Promise<Traefik> {
  const [port, metricsPort, apiPort] = [await freePort(), await freePort(), await freePort()]
  await installTraefikCrds(plane)
  await createGateway(plane, port)
  const traefik = await run(plane, port, metricsPort, apiPort)
  const services = async (): Promise<z.infer<typeof rawData>['services']> => {
    const response = await fetch(`http://127.0.0.1:${apiPort}/api/rawdata`)
    return rawData.parse(await response.json()).services
  }
  return {
    port,
    metrics: `127.0.0.1:${metricsPort}`,
    async weights(text) {
      return Object.entries(await services()).flatMap(([name, { weighted }]) =>
        weighted !== undefined && name.includes(text)
          ? [Object.fromEntries(weighted.services.map((part) => [part.name, part.weight]))]
          : [],
      )
    },
    async addresses(text) {
      const found = Object.entries(await services()).filter(([name]) => name.includes(text))
      return found
        .flatMap(([, { loadBalancer }]) => loadBalancer?.servers ?? [])
        .map(({ url }) => new URL(url).hostname)
    },
    stop: () => traefik.stop('SIGKILL'),
  }
}
