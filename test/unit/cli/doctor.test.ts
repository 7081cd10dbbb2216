import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { deployments, leases } from '../../../src/api/resources.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import type { KubeRequest, Transport } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

const kinds = ['rollouts', 'analysistemplates', 'clusteranalysistemplates', 'analysisruns', 'experiments']

let cluster: ClusterWithRollout
/** What the server serves, by group and version. */
let served: Record<string, readonly string[]>
let minor: string
/** Whether somebody may; `user` is undefined for the asker. */
let mayDo: (action: JsonObject, user: string | undefined) => boolean
let reviews: number

const setUp = (): void => {
  cluster = new ClusterWithRollout()
  served = { 'argoproj.io/v1alpha1': [...kinds, 'rollouts/status', 'rollouts/scale'] }
  minor = '34'
  mayDo = () => true
  reviews = 0
  const pod = { serviceAccountName: 'crossfade', containers: [{ name: 'controller', image: 'crossfade:1' }] }
  const labels = { app: 'crossfade' }
  const spec = { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } }
  const metadata = { name: 'crossfade', namespace: 'default', labels: { 'app.kubernetes.io/name': 'crossfade' } }
  cluster.sandbox.server.objects.create(deployments, { metadata, spec })
  cluster.sandbox.cluster.patch('test', 'Deployment', metadata, { status: { availableReplicas: 2 } }, 'status')
}

const answer = (request: KubeRequest): JsonObject | undefined => {
  const { path, body } = request
  if (path === '/version') return { gitVersion: `v1.${minor}.1`, minor }
  const spec = objectOr(objectOr(body).spec)
  if (path.startsWith('/apis/authorization.k8s.io/')) {
    reviews += 1
    const allowed = mayDo(objectOr(spec.resourceAttributes), spec.user === undefined ? undefined : String(spec.user))
    return { status: { allowed } }
  }
  const [, groupVersion] = /^\/apis\/([^/]+\/[^/]+)$/.exec(path) ?? []
  if (groupVersion === undefined) return undefined
  const resources = served[groupVersion]
  if (resources === undefined) throw new KubeError({ code: 404, reason: 'NotFound' }, request)
  return { resources: resources.map((name) => ({ name })) }
}

const transport: Transport = {
  watch: (request) => cluster.transport.watch(request),
  request: async (request) => answer(request) ?? (await cluster.transport.request(request)),
}

const doctor = (...words: string[]): Promise<Outcome> =>
  new CliSession({ transport, clock: cluster.sandbox.clock }).run('doctor', ...words)

const account = 'system:serviceaccount:default:crossfade'

describe('doctor', () => {
  beforeEach(setUp)

  it('tells that all is in order', async () => {
    const { code, stdout, stderr } = await doctor()
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '✔ the API server is v1.34.1',
      ...kinds.map((name) => `✔ ${name}.argoproj.io is installed`),
      '✔ you may use all commands in namespace default',
      '✔ controller crossfade in namespace default has 2 available pods',
      `✔ ${account} may do in namespace default all that the controller does there`,
    ])
  })

  const problems: readonly (readonly [string, () => void, RegExp])[] = [
    [
      'an old server',
      () => {
        minor = '21'
      },
      /✖ the API server is v1\.21\.1\n {4}Kubernetes 1\.30 or newer is needed/,
    ],
    [
      'kinds that are missing',
      () => {
        served = {}
      },
      /✖ argoproj\.io\/v1alpha1 is not installed\n {4}Install the CustomResourceDefinitions/,
    ],
    [
      'one kind that is missing',
      () => {
        served['argoproj.io/v1alpha1'] = ['rollouts', 'rollouts/status', 'rollouts/scale']
      },
      /✖ experiments\.argoproj\.io is not installed/,
    ],
    [
      'a status that is no subresource',
      () => {
        served['argoproj.io/v1alpha1'] = [...kinds, 'rollouts/scale']
      },
      /✖ rollouts\.argoproj\.io has no subresource status/,
    ],
    [
      'that Rollouts may not be read',
      () => {
        mayDo = ({ verb, resource }, user) => user !== undefined || resource !== 'rollouts' || verb !== 'list'
      },
      /✖ you may not list rollouts\.argoproj\.io in namespace default\n {4}Without it all commands will fail/,
    ],
    [
      'rights that the controller lacks',
      () => {
        mayDo = ({ verb, resource }, user) => user !== account || resource !== 'replicasets' || verb !== 'create'
      },
      /✖ system:serviceaccount:default:crossfade may not create replicasets\.apps in namespace default\n {4}Releases there will stop/,
    ],
    [
      'a controller without pods',
      () =>
        cluster.sandbox.cluster.patch(
          'test',
          'Deployment',
          { namespace: 'default', name: 'crossfade' },
          { status: { availableReplicas: 0 } },
          'status',
        ),
      /✖ controller crossfade in namespace default has no available pod/,
    ],
    [
      'that there is no controller',
      () => cluster.sandbox.server.objects.delete(deployments, 'default', 'crossfade'),
      /✖ no controller was found\n {4}Install one/,
    ],
    [
      'a leader that is silent',
      () => {
        const spec = { holderIdentity: 'pod-1', renewTime: '2025-12-31T23:00:00.000000Z' }
        cluster.sandbox.server.objects.create(leases, {
          metadata: { name: 'argo-rollouts-controller-lock', namespace: 'default' },
          spec,
        })
      },
      /✖ pod-1 leads, and has been silent for 3600 s/,
    ],
    [
      'kinds of routers that are not served',
      () => cluster.add(aRollout('routed').routedByHttpRoute('routed')),
      /✖ httproutes\.gateway\.networking\.k8s\.io, which router \S+ writes, is not served in version v1/,
    ],
  ]
  for (const [what, spoil, sentence] of problems) {
    it(`finds ${what}`, async () => {
      spoil()
      const { code, stdout, stderr } = await doctor()
      assert.match(stdout, sentence)
      assert.equal(code, 1)
      assert.match(stderr, /^Error: \d+ problems? (was|were) found\n$/)
    })
  }

  it('only warns of commands that some may not use', async () => {
    mayDo = ({ verb }, user) => user !== undefined || verb !== 'patch'
    const { code, stdout } = await doctor()
    assert.equal(code, 0)
    assert.match(
      stdout,
      /⚠ you may not patch rollouts\.argoproj\.io, patch rollouts\/status\.argoproj\.io in namespace default\n {4}Without it promote, abort/,
    )
  })

  it('goes on where it may not ask about others', async () => {
    mayDo = (_action, user) => {
      if (user !== undefined) throw new KubeError({ code: 403, reason: 'Forbidden' }, { method: 'POST', path: '' })
      return true
    }
    const { code, stdout } = await doctor()
    assert.equal(code, 0)
    assert.match(stdout, /⚠ what the controller may do was not looked at\n {4}You may not create subjectaccessreviews/)
  })

  it('asks for what the routers of the Rollouts need, too', async () => {
    served['gateway.networking.k8s.io/v1'] = ['httproutes', 'grpcroutes']
    served['gateway.networking.k8s.io/v1alpha2'] = ['tcproutes', 'tlsroutes']
    await doctor()
    const before = reviews
    reviews = 0
    cluster.add(aRollout('routed').routedByHttpRoute('routed'))
    const { stdout } = await doctor()
    assert.match(stdout, /✔ httproutes\.gateway\.networking\.k8s\.io, which router \S+ writes, is served/)
    assert.ok(reviews > before, `${reviews} rights were asked for, as before`)
  })

  it('says what to do when there is no server', async () => {
    const silent = { ...transport, request: () => Promise.reject(new Error('connection refused')) }
    const outcome = await new CliSession({ transport: silent, clock: cluster.sandbox.clock }).run('doctor')
    assert.equal(outcome.code, 1)
    assert.equal(outcome.stdout, '✖ the API server did not answer\n    connection refused\n')
  })

  it('prints data', async () => {
    const [first] = JSON.parse((await doctor('-o', 'json')).stdout)
    assert.deepEqual(first, { state: 'ok', message: 'the API server is v1.34.1' })
  })
})
