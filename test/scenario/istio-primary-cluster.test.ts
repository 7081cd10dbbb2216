import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { istioResources } from '../../src/api/resources.ts'
import { KubeError, NetworkError } from '../../src/kube/errors.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { listOr, objectOr } from '../../src/lib/json-value.ts'
import type { OpenCluster } from '../../src/operator/primary-cluster.ts'
import { ApiServer } from '../../src/sandbox/api-server/api-server.ts'
import { routingCrds } from '../../src/sandbox/crds.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { aVirtualService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { eventsOf, rollout } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const { virtualServices } = istioResources.v1alpha3
const at = { namespace: 'default', name: 'web' }
const namespace = 'argo-rollouts'

const web = aRollout('web')
  .withReplicas(2)
  .withSteps(setWeight(20), pause(), setWeight(60), pause())
  .routedBy({ istio: { virtualService: { name: 'web' } } })
  .build()

const refused = (code: number, message: string) => new KubeError({ code, message }, { method: 'GET', path: '' })

/** As `istioctl create-remote-secret` makes it, with the label that people add. */
const remoteSecret = (data: Readonly<Record<string, string>>, name = 'istio-remote-secret-mesh') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name, labels: { 'istio.argoproj.io/primary-cluster': 'true' } },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
})
const ownNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
const deleteSecret = { delete: { apiVersion: 'v1', kind: 'Secret', namespace, name: 'istio-remote-secret-mesh' } }

/** Clusters besides that of the Rollouts, each with the VirtualService, by the kubeconfigs that lead to them. */
class Meshes {
  readonly opened: string[] = []
  readonly closed: string[] = []
  readonly #servers = new Map<string, ApiServer>()

  readonly open = ({ clock }: Sandbox): OpenCluster => {
    for (const [index, kubeconfig] of ['to mesh', 'to another mesh'].entries()) {
      const random = seededRandom(2 + index)
      const server = new ApiServer({ clock, random, crds: routingCrds })
      server.objects.create(virtualServices, JSON.parse(JSON.stringify(aVirtualService('web'))))
      this.#servers.set(kubeconfig, server)
    }
    return async (kubeconfig) => {
      this.opened.push(kubeconfig)
      const server = this.#servers.get(kubeconfig)
      if (server === undefined) throw new Error('reading the kubeconfig: it is no YAML')
      const transport = server.asUser('rollouts')
      return {
        request: (request) => transport.request(request),
        watch: (request) => transport.watch(request),
        close: () => void this.closed.push(kubeconfig),
      }
    }
  }

  weights(kubeconfig = 'to mesh'): readonly unknown[] {
    return weightsOf(this.server(kubeconfig).objects.get(virtualServices, at.namespace, at.name))
  }

  server(kubeconfig = 'to mesh'): ApiServer {
    return this.#servers.get(kubeconfig) ?? assert.fail('there is no such cluster')
  }
}

const weightsOf = (object: unknown): readonly unknown[] => {
  const [route] = listOr(objectOr(objectOr(object).spec).http)
  return listOr(objectOr(route).route).map((one) => objectOr(one).weight)
}

const ownWeights = (told: Story): readonly unknown[] =>
  weightsOf(told.sandbox.cluster.get('VirtualService', at) as unknown as JsonObject)

const meshed = (
  name: string,
  tell: (told: Story, meshes: Meshes) => Promise<void>,
  options: StoryOptions = {},
): void => {
  const meshes = new Meshes()
  story(name, { ...options, openCluster: meshes.open }, async (told) => tell(told, meshes))
}

const begin = async (told: Story, ...objects: readonly object[]): Promise<void> => {
  await told.begin(ownNamespace, ...servicePair('web'), ...objects, web)
}

const release = async (told: Story): Promise<void> => {
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused(), '2m')
}

describe('a mesh whose objects are in another cluster', () => {
  meshed('is routed there, and an object of the same name here stays as it is', async (told, meshes) => {
    await begin(told, remoteSecret({ mesh: 'to mesh' }), aVirtualService('web'))
    await release(told)
    assert.deepEqual(
      [meshes.weights(), ownWeights(told)],
      [
        [80, 20],
        [100, 0],
      ],
    )
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    assert.deepEqual(meshes.weights(), [40, 60])
    assert.deepEqual(meshes.opened, ['to mesh'])
  })

  meshed('is watched: what somebody changes there is put right', async (told, meshes) => {
    await begin(told, remoteSecret({ mesh: 'to mesh' }))
    await release(told)
    const http = [
      {
        route: [
          { destination: { host: 'web-stable' }, weight: 1 },
          { destination: { host: 'web-canary' }, weight: 99 },
        ],
      },
    ]
    const there = meshes.server().objects.as('somebody')
    there.update(virtualServices, at.namespace, at.name, (object) => ({ ...object, spec: { http } }))
    await told.pass('5s')
    assert.deepEqual(meshes.weights(), [80, 20])
  })

  meshed('follows a Secret that leads elsewhere, at once', async (told, meshes) => {
    await begin(told, remoteSecret({ mesh: 'to mesh' }))
    await release(told)
    told.apply(remoteSecret({ mesh: 'to another mesh' }))
    await told.pass('20s')
    assert.deepEqual(meshes.weights('to another mesh'), [80, 20])
    assert.deepEqual([meshes.opened, meshes.closed], [['to mesh', 'to another mesh'], ['to mesh']])
  })

  meshed('is this cluster again when the Secret is gone', async (told, meshes) => {
    await begin(told, remoteSecret({ mesh: 'to mesh' }), aVirtualService('web'))
    await release(told)
    told.act(deleteSecret)
    await told.pass('20s')
    assert.deepEqual(
      [meshes.weights(), ownWeights(told)],
      [
        [80, 20],
        [80, 20],
      ],
    )
    assert.deepEqual(meshes.closed, ['to mesh'])
  })

  meshed('is taken on when the Secret comes', async (told, meshes) => {
    await begin(told, aVirtualService('web'))
    await release(told)
    assert.deepEqual(ownWeights(told), [80, 20])
    told.apply(remoteSecret({ mesh: 'to mesh' }))
    await told.pass('20s')
    assert.deepEqual(meshes.weights(), [80, 20])
  })
})

describe('a mesh that cannot be reached', () => {
  const refuse = (meshes: Meshes, fault: (path: string) => Error): (() => void) => {
    const server = meshes.server()
    const end = server.intercept({
      before: ({ request }) => ({ type: 'fail', error: fault(request.path) }) as const,
    })
    server.closeWatches({})
    return end
  }
  const gone = (path: string) =>
    new NetworkError({ method: 'GET', path }, new Error('connect ECONNREFUSED 192.0.2.7:6443'))

  meshed('is told of by the Rollout that needs it, which goes on when it is back', async (told, meshes) => {
    const end = refuse(meshes, gone)
    await begin(told, remoteSecret({ mesh: 'to mesh' }))
    await told.until(
      rollout('web').isDegraded(
        /trafficRouting.istio: Forbidden: asking the Istio primary cluster "mesh" of the Secret argo-rollouts\/istio-remote-secret-mesh: connect ECONNREFUSED 192.0.2.7:6443$/,
      ),
      '2m',
    )
    end()
    await told.until(rollout('web').isHealthy(), '2m')
  })

  meshed('holds a release where it is, until it is back', async (told, meshes) => {
    await begin(told, remoteSecret({ mesh: 'to mesh' }))
    await release(told)
    const end = refuse(meshes, gone)
    await told.pass('30s')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/asking the Istio primary cluster "mesh"/), '2m')
    await told.pass('5m')
    assert.deepEqual(meshes.weights(), [80, 20])
    assert.ok(eventsOf(told, 'Rollout default/web').some((text) => text.startsWith('TrafficRoutingError')))
    end()
    await told.until(rollout('web').isAtStep(3), '2m')
    assert.deepEqual(meshes.weights(), [40, 60])
  })

  meshed('since its account was revoked says so', async (told, meshes) => {
    refuse(meshes, () => refused(401, 'Unauthorized'))
    await begin(told, remoteSecret({ mesh: 'to mesh' }))
    await told.until(rollout('web').isDegraded(/"mesh" of the Secret .*: Unauthorized; let the account/), '2m')
  })

  meshed('since the kubeconfig is none says so, and goes on with the next one', async (told) => {
    await begin(told, remoteSecret({ mesh: 'token: hunter2' }))
    await told.until(
      rollout('web').isDegraded(/istio-remote-secret-mesh: reading the kubeconfig: it is no YAML$/),
      '2m',
    )
    told.apply(remoteSecret({ mesh: 'to mesh' }))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  meshed('since the Secret names two says so', async (told) => {
    await begin(told, remoteSecret({ mesh: 'to mesh', other: 'to another mesh' }))
    await told.until(
      rollout('web').isDegraded(/it has 2 entries \(mesh, other\), which leaves open what is meant/),
      '2m',
    )
  })
})

describe('a controller that may not list Secrets', () => {
  meshed('routes in its own cluster', async (told, meshes) => {
    told.sandbox.server.intercept({
      before: ({ verb, resource }) =>
        resource === 'secrets' && verb === 'list'
          ? { type: 'fail', error: refused(403, 'secrets is forbidden') }
          : { type: 'proceed' },
    })
    await begin(told, remoteSecret({ mesh: 'to mesh' }), aVirtualService('web'))
    await release(told)
    assert.deepEqual([ownWeights(told), meshes.opened], [[80, 20], []])
  })
})
