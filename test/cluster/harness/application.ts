import { rename, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'

import type { DataPlaneView } from './data-plane-view.ts'
import { isReady, type Pod } from './objects.ts'

const hashLabel = 'rollouts-pod-template-hash'

/** The application that the stories release: one real HTTP server for each Ready pod. */
export interface Application {
  /** The loopback port of a pod's server, when the pod has one. */
  portOf(pod: Pod): number | undefined
  stop(): Promise<void>
}

interface Instance {
  readonly server: Server
  readonly port: number
  readonly labels: Readonly<Record<string, string>>
}

/** Counts that a pod starts with, so that a rate sees the first request too. */
function freshCounts(): Map<string, number> {
  return new Map([
    ['200', 0],
    ['500', 0],
  ])
}

function exposition(counts: ReadonlyMap<string, number>): string {
  const lines = [...counts].map(([code, count]) => `http_requests_total{code="${code}"} ${count}`)
  return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`
}

/**
 * The end of the image's tag says how the version behaves: `-bad` fails every second request, `-bad-live` every second one
 * at `/` and none that asks elsewhere, everything else none.
 */
function respondAs(image: string): (path: string, response: ServerResponse) => void {
  const counts = freshCounts()
  const isBadAt = (path: string): boolean => image.endsWith('-bad') || (image.endsWith('-bad-live') && path === '/')
  // Only those that may fail: others, asking in turn with them, would always take the place of those that do.
  let requests = 0
  return (path, response) => {
    if (path === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(exposition(counts))
      return
    }
    if (isBadAt(path)) requests += 1
    const code = isBadAt(path) && requests % 2 === 0 ? 500 : 200
    counts.set(String(code), (counts.get(String(code)) ?? 0) + 1)
    response.statusCode = code
    response.end(`${image}\n`)
  }
}

async function startInstance(pod: Pod): Promise<Instance> {
  const respond = respondAs(pod.spec.containers[0]?.image ?? '')
  const server = createServer((request, response) => respond(request.url ?? '/', response))
  // Prometheus keeps its connections open; they must not keep the tests from ending.
  server.unref().on('connection', (socket) => socket.unref())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const labels = {
    namespace: pod.metadata.namespace,
    pod: pod.metadata.name,
    rollouts_pod_template_hash: pod.metadata.labels[hashLabel] ?? '',
  }
  return { server, labels, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

/** A pod that is taken out of service answers what is already on its way. */
function closeSoon(server: Server): void {
  setTimeout(() => {
    server.close()
    server.closeIdleConnections()
  }, 1000).unref()
}

/** Prometheus may read the file at any moment, so it is replaced in one step. */
async function writeTargets(file: string, instances: Iterable<Instance>): Promise<void> {
  const groups = [...instances].map(({ port, labels }) => ({ targets: [`127.0.0.1:${port}`], labels }))
  await writeFile(`${file}.new`, JSON.stringify(groups))
  await rename(`${file}.new`, file)
}

/**
 * Serves for every Ready pod of the cluster, from the moment it is Ready until it no longer is, and keeps `targetsFile` in
 * step for Prometheus' file_sd.
 */
export function startApplication(view: DataPlaneView, targetsFile: string): Application {
  const instances = new Map<string, Instance>()
  let busy = Promise.resolve()
  const follow = async (pods: readonly Pod[]): Promise<void> => {
    const wanted = new Map(pods.filter(isReady).map((pod) => [pod.metadata.uid, pod]))
    const before = [...instances.keys()].join()
    for (const [uid, pod] of wanted) {
      if (!instances.has(uid)) instances.set(uid, await startInstance(pod))
    }
    for (const [uid, instance] of instances) {
      if (wanted.has(uid)) continue
      instances.delete(uid)
      closeSoon(instance.server)
    }
    if ([...instances.keys()].join() !== before || before === '') await writeTargets(targetsFile, instances.values())
  }
  view.subscribe(({ pods }) => {
    busy = busy.then(() => follow(pods))
  })
  return {
    portOf: (pod) => instances.get(pod.metadata.uid)?.port,
    async stop() {
      await busy
      for (const { server } of instances.values()) {
        server.close()
        server.closeAllConnections()
      }
      instances.clear()
    },
  }
}
