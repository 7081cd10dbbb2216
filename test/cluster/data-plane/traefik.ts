import { join } from 'node:path'

import { z } from 'zod'

import { ensureTraefik } from '../harness/binaries.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { goModuleFolder, installCrdsOf } from '../harness/crds.ts'
import { freePort } from '../harness/ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from '../harness/process.ts'
import { createGateway, type GatewayName } from './gateway.ts'
import type { RunningProxy } from './running-proxy.ts'

/** A real Traefik, which routes by the Gateway API and by its own kinds. */
export interface Traefik extends RunningProxy {
  /** Where Prometheus finds its counters: `host:port`. */
  readonly metrics: string
}

/** The Gateway of the HTTPRoutes that Traefik serves. */
export const traefikGateway: GatewayName = { name: 'gateway', namespace: 'data-plane' }

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
  // Listeners of a Gateway have the port of an entry point of Traefik.
  await createGateway(plane, traefikGateway, { class: 'traefik', controller: 'traefik.io/gateway-controller', port })
  const traefik = await run(plane, port, metricsPort, apiPort)
  const services = async (): Promise<z.infer<typeof rawData>['services']> => {
    const response = await fetch(`http://127.0.0.1:${apiPort}/api/rawdata`)
    return rawData.parse(await response.json()).services
  }
  return {
    port,
    metrics: `127.0.0.1:${metricsPort}`,
    async weights(namespace) {
      return Object.entries(await services()).flatMap(([name, { weighted }]) =>
        weighted !== undefined && name.includes(`${namespace}-`)
          ? [Object.fromEntries(weighted.services.map((part) => [part.name, part.weight]))]
          : [],
      )
    },
    async addresses(namespace, service) {
      const found = Object.entries(await services()).filter(([name]) => name.includes(`${namespace}-${service}`))
      return found
        .flatMap(([, { loadBalancer }]) => loadBalancer?.servers ?? [])
        .map(({ url }) => new URL(url).hostname)
    },
    stop: () => traefik.stop('SIGKILL'),
  }
}
