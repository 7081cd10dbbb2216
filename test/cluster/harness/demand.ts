import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'

import { z } from 'zod'

import type { ControlPlane } from './control-plane.ts'
import { readKeyPair } from './pki.ts'
import { eventually } from './wait.ts'

/** What a HorizontalPodAutoscaler reads: one number for a namespace, as an external metric named `demand`. */
export interface Demand {
  /** Sets how much there is to do; a target of 1 for each pod makes this the number of pods. */
  set(namespace: string, value: number): void
  stop(): void
}

const version = 'external.metrics.k8s.io/v1beta1'
const metricPath = new RegExp(`^/apis/${version}/namespaces/([^/]+)/demand`)

function answerTo(path: string, demand: ReadonlyMap<string, number>): object | undefined {
  const namespace = metricPath.exec(path)?.[1]
  if (namespace !== undefined) {
    const value = demand.get(namespace)
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const item = { metricName: 'demand', metricLabels: {}, timestamp, value: String(value) }
    return { kind: 'ExternalMetricValueList', apiVersion: version, items: value === undefined ? [] : [item] }
  }
  if (!path.startsWith(`/apis/${version}`)) return undefined
  const resource = { name: '*', singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] }
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: version, resources: [resource] }
}

/** The API server reaches a name of the outside world by it, and 127.0.0.1 is one that resolves to itself. */
function registration(port: number): readonly { readonly path: string; readonly object: object }[] {
  const [group, name] = version.split('/')
  const service = { name: 'external-metrics', namespace: 'default' }
  return [
    {
      path: '/api/v1/namespaces/default/services',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: service,
        spec: { type: 'ExternalName', externalName: '127.0.0.1' },
      },
    },
    {
      path: '/apis/apiregistration.k8s.io/v1/apiservices',
      object: {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `${name}.${group}` },
        spec: {
          group,
          version: name,
          service: { ...service, port },
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
    },
  ]
}

/**
 * Adds the external metrics API to the API server: an aggregated one, as adapters of monitoring systems bring it, so that
 * the real HorizontalPodAutoscaler controller has something to go by.
 * @throws ExpectationError when the API server does not reach it
 */
export async function startDemand({ api, pki }: ControlPlane): Promise<Demand> {
  const demand = new Map<string, number>()
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const answer = answerTo(request.url ?? '/', demand)
    response.statusCode = answer === undefined ? 404 : 200
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer ?? {}))
  }
  const server = createServer(await readKeyPair(pki.server), respond)
  // The API server keeps its connections open; they must not keep the tests from ending.
  server.unref().on('secureConnection', (socket) => socket.unref())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  for (const { path, object } of registration(port)) await api.post(path, object, z.object({}))
  await eventually('the API server reaches the external metrics', async () =>
    (await api.ok(`/apis/${version}`)) ? { found: undefined } : { missing: 'see kube-apiserver.log' },
  )
  return {
    set: (namespace, value) => {
      demand.set(namespace, value)
    },
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
