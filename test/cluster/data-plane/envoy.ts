import { join } from 'node:path'

import { z } from 'zod'

import type { ControlPlane } from '../harness/control-plane.ts'
import { ensureEnvoy } from '../harness/envoy-wheel.ts'
import { freePort } from '../harness/ports.ts'
import { answers, startProcess, waitUntilReady } from '../harness/process.ts'
import { startContour } from './contour.ts'
import type { RunningProxy } from './running-proxy.ts'

const split = z.object({ clusters: z.array(z.object({ name: z.string(), weight: z.number().default(0) })) })

/** What is read of its routes (Envoy, admin interface, /config_dump). */
const configDump = z.object({
  configs: z
    .array(
      z.object({
        route_config: z.object({
          virtual_hosts: z
            .array(
              z.object({
                routes: z
                  .array(z.object({ route: z.object({ weighted_clusters: split.optional() }).optional() }))
                  .default([]),
              }),
            )
            .default([]),
        }),
      }),
    )
    .default([]),
})

/** What is read of its clusters (Envoy, admin interface, /clusters). */
const clusterList = z.object({
  cluster_statuses: z.array(
    z.object({
      name: z.string(),
      observability_name: z.string(),
      host_statuses: z
        .array(z.object({ address: z.object({ socket_address: z.object({ address: z.string() }).optional() }) }))
        .default([]),
    }),
  ),
})

type Clusters = z.infer<typeof clusterList>['cluster_statuses']

/** Asks a running Envoy for what it does, by its admin interface. */
function adminOf(port: number) {
  const ask = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}${path}`)).json()
  return {
    async splits(): Promise<readonly z.infer<typeof split>[]> {
      const { configs } = configDump.parse(await ask('/config_dump?resource=dynamic_route_configs'))
      const hosts = configs.flatMap(({ route_config }) => route_config.virtual_hosts)
      return hosts.flatMap(({ routes }) => routes.flatMap(({ route }) => route?.weighted_clusters ?? []))
    },
    clusters: async (): Promise<Clusters> => clusterList.parse(await ask('/clusters?format=json')).cluster_statuses,
  }
}

/**
 * Starts Envoy as Contour tells it to, and Contour itself. Contour cuts long names of clusters, so they go by the names under
 * which they are observed: namespace, Service and port.
 * @throws HarnessError when one of them cannot be had or does not start
 */
export async function startEnvoy(plane: ControlPlane): Promise<RunningProxy> {
  const port = await freePort()
  const [command, contour] = [await ensureEnvoy((line) => console.log(`# ${line}`)), await startContour(plane, port)]
  const envoy = await startProcess({
    name: 'envoy',
    command,
    log: join(plane.directory, 'envoy.log'),
    args: [
      ...['--config-path', await contour.bootstrap(), '--concurrency', '2'],
      ...['--service-cluster', 'contour', '--service-node', 'envoy', '--disable-hot-restart'],
    ],
  })
  await waitUntilReady(envoy, () => answers(`http://127.0.0.1:${contour.adminPort}/ready`))
  const admin = adminOf(contour.adminPort)
  return {
    port,
    async weights(namespace) {
      const [splits, clusters] = await Promise.all([admin.splits(), admin.clusters()])
      const observed = new Map(clusters.map(({ name, observability_name }) => [name, observability_name] as const))
      return splits
        .map((each) => each.clusters.map(({ name, weight }) => [observed.get(name) ?? name, weight] as const))
        .filter((parts) => parts.some(([name]) => name.startsWith(`${namespace}_`)))
        .map((parts) => Object.fromEntries(parts))
    },
    async addresses(namespace, service) {
      const clusters = await admin.clusters()
      return clusters
        .filter(({ observability_name }) => observability_name.startsWith(`${namespace}_${service}_`))
        .flatMap(({ host_statuses }) => host_statuses.flatMap(({ address }) => address.socket_address?.address ?? []))
    },
    async stop() {
      await envoy.stop('SIGKILL')
      await contour.stop()
    },
  }
}
