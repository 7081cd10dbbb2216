import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { deployments, rollouts } from '../../../../src/api/resources.ts'
import { KubeClient } from '../../../../src/kube/client.ts'
import { KubeError } from '../../../../src/kube/errors.ts'
import type { Transport } from '../../../../src/kube/transport.ts'
import type { JsonObject } from '../../../../src/lib/json.ts'
import { objectOr } from '../../../../src/lib/json-value.ts'
import { ClusterWithRollout } from '../../../builders/cluster-with-rollout.ts'
import { ServedDashboard } from '../../../builders/served-dashboard.ts'

let cluster: ClusterWithRollout
let dashboard: ServedDashboard

const setUp = async (): Promise<void> => {
  cluster = new ClusterWithRollout()
  cluster.setStatus({ phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 })
  dashboard = await ServedDashboard.start(cluster.transport)
}

const put = (path: string, body: JsonObject = {}) =>
  dashboard.json(path, {
    method: 'PUT',
    headers: { authorization: `Bearer ${dashboard.token}` },
    body: JSON.stringify(body),
  })

const deleteRollout = async (): Promise<void> => {
  const client = new KubeClient({ transport: cluster.transport, fieldManager: 'test' })
  await client.delete(rollouts, { namespace: 'default', name: 'web' })
}

/** A member far inside of an answer. */
const within = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, step) => (Array.isArray(inner) ? inner[Number(step)] : objectOr(inner)[String(step)]),
    value,
  )

/** A cluster in which lists of a kind are refused, and how often lists of any kind were asked for. */
const counting = (inner: Transport, refused?: string): { transport: Transport; lists: Map<string, number> } => {
  const lists = new Map<string, number>()
  return {
    lists,
    transport: {
      request: async (request) => {
        const kind = request.path.split('/').at(-1) ?? ''
        if (request.query?.limit !== undefined) lists.set(kind, (lists.get(kind) ?? 0) + 1)
        if (kind === refused) throw new KubeError({ code: 403, message: `${kind} is forbidden: no right` }, request)
        return inner.request(request)
      },
      watch: (request) => inner.watch(request),
    },
  }
}

describe('the API of the dashboard, read', () => {
  beforeEach(setUp)
  afterEach(() => dashboard.close())

  it('lists the Rollouts of a namespace', async () => {
    const { status, body } = await dashboard.json('rollouts/default/info')
    assert.equal(status, 200)
    assert.equal(within(body, 'rollouts', 0, 'objectMeta', 'name'), 'web')
    assert.equal(within(body, 'rollouts', 0, 'step'), '1/3')
    assert.deepEqual((await dashboard.json('rollouts/empty/info')).body, {})
  })

  it('shows one Rollout', async () => {
    const { status, body } = await dashboard.json('rollouts/default/web/info')
    assert.deepEqual([status, within(body, 'status'), within(body, 'message')], [200, 'Paused', 'CanaryPauseStep'])
  })

  it('shows the images of the Deployment that a Rollout refers to', async () => {
    const template = { spec: { containers: [{ name: 'main', image: 'of-the-deployment:1' }] } }
    const spec = {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, ...template },
    }
    cluster.sandbox.server.objects.create(deployments, { metadata: { name: 'x', namespace: 'default' }, spec })
    cluster.patch({
      spec: { template: null, selector: null, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
    })
    for await (const event of dashboard.events('rollouts/default/web/info/watch')) {
      if (within(event, 'result', 'containers', 0, 'image') === 'of-the-deployment:1') return
    }
    assert.fail('the image was not told')
  })

  it('says where to begin, and which namespaces have Rollouts', async () => {
    const { body } = await dashboard.json('namespace')
    assert.deepEqual(body, { namespace: 'default', availableNamespaces: ['default'] })
  })

  it('tells its version', async () => {
    assert.deepEqual((await dashboard.json('version')).body, { rolloutsVersion: 'v1.2.3' })
  })

  it('says what is not there', async () => {
    const { status, body } = await dashboard.json('rollouts/default/nobody/info')
    assert.deepEqual([status, body], [404, { code: 5, message: 'rollout.argoproj.io "nobody" not found' }])
    assert.equal((await dashboard.json('rollouts/default/nobody/info/watch')).status, 404)
    assert.equal((await dashboard.json('nothing')).status, 404)
  })

  it('takes nothing for a name that is none', async () => {
    assert.equal((await dashboard.json('rollouts/default/..%2F..%2Fsecrets/info')).status, 404)
    assert.equal((await dashboard.json('rollouts/De%20fault/info')).status, 400)
    assert.equal((await dashboard.json('rollouts/default/a..b/info')).status, 400)
    assert.equal((await dashboard.json('rollouts/%zz/info')).status, 400)
  })

  it('passes a refusal of the API server on, in its words', async () => {
    const { transport } = counting(cluster.transport, 'pods')
    const other = await ServedDashboard.start(transport)
    try {
      const { status, body } = await other.json('rollouts/default/info')
      assert.deepEqual([status, body], [403, { code: 7, message: 'pods is forbidden: no right' }])
    } finally {
      await other.close()
    }
  })
})

describe('the streams of the dashboard', () => {
  beforeEach(setUp)
  afterEach(() => dashboard.close())

  it('tell all Rollouts of a namespace, what changes, and what is gone', async () => {
    const seen: unknown[] = []
    for await (const event of dashboard.events('rollouts/default/info/watch')) {
      seen.push([within(event, 'result', 'type'), within(event, 'result', 'rolloutInfo', 'status')])
      if (seen.length === 1) cluster.setStatus({ phase: 'Degraded' })
      if (seen.length === 2) await deleteRollout()
      if (seen.length === 3) break
    }
    assert.deepEqual(seen, [
      ['Updated', 'Paused'],
      ['Updated', 'Degraded'],
      ['Deleted', undefined],
    ])
  })

  it('tell one Rollout until it is gone', async () => {
    const seen: unknown[] = []
    for await (const event of dashboard.events('rollouts/default/web/info/watch')) {
      seen.push(within(event, 'result', 'status') ?? within(event, 'error', 'code'))
      if (seen.length === 1) await deleteRollout()
    }
    assert.deepEqual(seen, ['Paused', 5])
  })

  it('tell what happens to a ReplicaSet of the Rollout', async () => {
    for await (const event of dashboard.events('rollouts/default/web/info/watch')) {
      if (within(event, 'result', 'replicaSets', 0, 'revision') === 7) return
      cluster.addRevision(7, 'web:7')
    }
    assert.fail('the ReplicaSet was not told')
  })

  it('share one set of caches, however many there are', async () => {
    const { transport, lists } = counting(cluster.transport)
    const other = await ServedDashboard.start(transport)
    try {
      for (let viewer = 0; viewer < 5; viewer++) {
        for await (const _ of other.events('rollouts/default/info/watch')) break
      }
      assert.deepEqual(Object.fromEntries(lists), {
        rollouts: 1,
        replicasets: 1,
        pods: 1,
        experiments: 1,
        analysisruns: 1,
      })
    } finally {
      await other.close()
    }
  })

  it('have one document a line for who asks for no events', async () => {
    const { headers, body } = await dashboard.request('rollouts/default/web/info/watch')
    assert.equal(headers.get('content-type'), 'application/json')
    const reader = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
    assert.match((await reader.read()).value ?? '', /^\{"result":\{"objectMeta".*\}\n$/)
    await reader.cancel()
  })

  it('end with the server', async () => {
    const seen: unknown[] = []
    for await (const event of dashboard.events('rollouts/default/info/watch')) {
      seen.push(event)
      void dashboard.close()
    }
    assert.equal(seen.length, 1)
  })
})

describe('the commands of the dashboard', () => {
  beforeEach(setUp)
  afterEach(() => dashboard.close())

  it('promote, to the next step and fully', async () => {
    cluster.setStatus({ currentStepIndex: 1, currentPodHash: 'b', stableRS: 'a' })
    const { status, body } = await put('rollouts/default/web/promote')
    assert.deepEqual([status, within(body, 'status', 'currentStepIndex')], [200, 2])
    await put('rollouts/default/web/promote', { full: true })
    assert.equal(cluster.rollout().status?.promoteFull, true)
  })

  it('answer a promotion that changes nothing with the Rollout as it is', async () => {
    cluster.setStatus({ currentPodHash: 'a', stableRS: 'a' })
    const { status, body } = await put('rollouts/default/web/promote', { full: true })
    assert.deepEqual([status, within(body, 'metadata', 'name')], [200, 'web'])
  })

  it('abort, and retry', async () => {
    await put('rollouts/default/web/abort')
    assert.equal(cluster.rollout().status?.abort, true)
    await put('rollouts/default/web/retry')
    assert.equal(cluster.rollout().status?.abort, false)
  })

  it('restart', async () => {
    const { body } = await put('rollouts/default/web/restart')
    assert.match(String(within(body, 'spec', 'restartAt')), /^\d{4}-.*Z$/)
  })

  it('set an image, whose name may have slashes', async () => {
    const { status, body } = await put('rollouts/default/web/set/main/registry.test:5000/team/web/2')
    assert.equal(status, 200)
    assert.equal(within(body, 'spec', 'template', 'spec', 'containers', 0, 'image'), 'registry.test:5000/team/web:2')
    await put(`rollouts/default/web/set/main/${encodeURIComponent('team/web')}/3`)
    assert.equal(cluster.rollout().spec.template?.spec?.containers[0]?.image, 'team/web:3')
  })

  it('go back to a revision', async () => {
    cluster.addRevision(1, 'web:0')
    cluster.addRevision(2, 'web:1')
    const { status } = await put('rollouts/default/web/undo/1')
    assert.deepEqual([status, cluster.rollout().spec.template?.spec?.containers[0]?.image], [200, 'web:0'])
    const refused = await put('rollouts/default/web/undo/9')
    assert.deepEqual(refused, {
      status: 400,
      body: { code: 9, message: 'unable to find specified revision 9 in history' },
    })
    assert.equal((await put('rollouts/default/web/undo/last')).status, 400)
  })

  it('say what they cannot do', async () => {
    assert.equal((await put('rollouts/default/nobody/abort')).status, 404)
    assert.equal((await put('rollouts/default/web/explode')).status, 404)
    const { body } = await put('rollouts/default/web/set/nobody/web/2')
    assert.deepEqual(body, { code: 9, message: 'unable to find container named "nobody"' })
    const headers = { authorization: `Bearer ${dashboard.token}` }
    const odd = await dashboard.json('rollouts/default/web/abort', { method: 'PUT', headers, body: '[1' })
    assert.deepEqual(odd, { status: 400, body: { code: 3, message: 'the body is not a JSON object' } })
    const long = await dashboard.request('rollouts/default/web/abort', {
      method: 'PUT',
      headers,
      body: JSON.stringify({ text: 'x'.repeat(100_000) }),
    })
    assert.equal(long.status, 413)
    assert.equal((await dashboard.request('version', { method: 'POST', headers })).status, 405)
  })
})

describe('the way into the dashboard', () => {
  beforeEach(setUp)
  afterEach(() => dashboard.close())

  it('is the token in the address, which becomes a cookie', async () => {
    const first = await fetch(dashboard.firstUrl, { redirect: 'manual' })
    assert.deepEqual([first.status, first.headers.get('location')], [303, '/rollouts/'])
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    const answer = await dashboard.request('version', { headers: { cookie } })
    assert.equal(answer.status, 200)
  })

  it('is shut to who has no token, and says what to do', async () => {
    for (const path of ['version', 'rollouts/default/info', 'rollouts/default/info/watch']) {
      const { status, body } = await dashboard.json(path, { headers: {} })
      assert.equal(status, 401)
      assert.match(String(within(body, 'message')), /open the address that "kubectl crossfade dashboard" printed/)
    }
    assert.equal((await fetch(`${dashboard.url}?token=guess`)).status, 401)
    const { status } = await dashboard.json('rollouts/default/web/abort', { method: 'PUT', headers: {} })
    assert.deepEqual([status, cluster.rollout().status?.abort], [401, undefined])
  })

  it('is shut to pages of other origins', async () => {
    const headers = { authorization: `Bearer ${dashboard.token}`, origin: 'http://evil.test' }
    const { status } = await dashboard.json('rollouts/default/web/abort', { method: 'PUT', headers })
    assert.deepEqual([status, cluster.rollout().status?.abort], [403, undefined])
  })

  it('is the page at every path that is not of the API, for everybody', async () => {
    for (const path of ['', 'default', 'rollout/default/web']) {
      const answer = await fetch(`${dashboard.url}${path}`)
      assert.equal(answer.status, 200)
      assert.match(await answer.text(), /<base href="\/rollouts\/">/)
      assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
    }
    assert.equal((await fetch(dashboard.url, { method: 'POST' })).status, 405)
  })

  it('leads from the top to the page, and nowhere else', async () => {
    const { origin } = new URL(dashboard.url)
    const top = await fetch(origin, { redirect: 'manual' })
    assert.deepEqual([top.status, top.headers.get('location')], [303, '/rollouts/'])
    const slashless = await fetch(`${origin}/rollouts?token=a`, { redirect: 'manual' })
    assert.equal(slashless.headers.get('location'), '/rollouts/?token=a')
    assert.equal((await fetch(`${origin}/elsewhere`)).status, 404)
  })

  it('can be anywhere', async () => {
    const other = await ServedDashboard.start(cluster.transport, { rootPath: '/a/b/' })
    const bare = await ServedDashboard.start(cluster.transport, { rootPath: '' })
    try {
      assert.match(other.url, /\/a\/b\/$/)
      assert.equal((await other.request('version')).status, 200)
      assert.equal((await bare.request('version')).status, 200)
      const odd = await fetch(`${bare.url}/evil.test/?token=${bare.token}`, { redirect: 'manual' })
      assert.equal(odd.headers.get('location'), '/evil.test/')
    } finally {
      await other.close()
      await bare.close()
    }
  })
})
