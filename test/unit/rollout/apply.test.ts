import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeClient } from '../../../src/kube/client.ts'
import { NameTakenError } from '../../../src/kube/create-once.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import type { KubeRequest, Transport } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { type ApplyContext, apply } from '../../../src/rollout/apply.ts'
import type { Effect } from '../../../src/rollout/effects.ts'
import { newReplicaSet } from '../../../src/rollout/new-replica-set.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { hashOf, storedRollout } from '../../builders/rollout-snapshot.ts'

type Answer = JsonObject | KubeError

/** A server that answers as told, and remembers what it was asked. */
const server = (answer: (request: KubeRequest) => Answer) => {
  const requests: string[] = []
  const transport: Transport = {
    request: async (request) => {
      requests.push(`${request.method} ${request.path}`)
      const result = answer(request)
      if (result instanceof KubeError) throw result
      return result
    },
    watch: async function* () {},
  }
  const context: ApplyContext = {
    client: new KubeClient({ transport, fieldManager: 'test' }),
    namespace: 'default',
    rollout: { name: 'web', uid: 'uid-of-web' },
    signal: new AbortController().signal,
    written: () => {},
    deleted: () => {},
    ask: () => {},
  }
  return { requests, context }
}

const object = (name: string, over: JsonObject = {}): JsonObject => ({
  metadata: { name, namespace: 'default', uid: `uid-of-${name}`, resourceVersion: '1' },
  ...over,
})

const refusal = (code: number, reason: string): KubeError => new KubeError({ code, reason }, { method: '', path: '' })

const scaling = (name: string): Effect => ({
  type: 'updateReplicaSet',
  key: `replicaset/${name}`,
  name,
  patch: { spec: { replicas: 1 } },
  why: 'scale up to 1',
})

describe('applying effects', () => {
  it('does them in order', async () => {
    const { requests, context } = server(() => object('any'))
    const outcomes = await apply(context, [scaling('a'), scaling('b')])
    assert.deepEqual(
      outcomes.map(({ result }) => result),
      ['done', 'done'],
    )
    assert.deepEqual(requests, [
      'PATCH /apis/apps/v1/namespaces/default/replicasets/a',
      'PATCH /apis/apps/v1/namespaces/default/replicasets/b',
    ])
  })

  it('stops at the first that fails and leaves the rest to a later pass', async () => {
    const { requests, context } = server(() => refusal(500, 'InternalError'))
    const outcomes = await apply(context, [scaling('a'), scaling('b')])
    assert.deepEqual(
      outcomes.map(({ result }) => result),
      ['failed', 'skipped'],
    )
    assert.equal(requests.length, 1)
  })

  it('takes what is gone already as deleted and as ended', async () => {
    const { context } = server(() => refusal(404, 'NotFound'))
    const outcomes = await apply(context, [
      { type: 'deleteReplicaSet', key: 'replicaset/a', name: 'a', uid: 'u', why: '' },
      { type: 'terminateAnalysisRun', key: 'analysisrun/r', name: 'r', why: '' },
    ])
    assert.deepEqual(
      outcomes.map(({ result }) => result),
      ['done', 'done'],
    )
  })
})

describe('creating a ReplicaSet whose name is there', () => {
  const web = aRollout('web')
  const hash = hashOf(web)
  const wanted: JsonObject = JSON.parse(
    JSON.stringify(newReplicaSet(storedRollout(web), { hash, revision: 1, metadata: {}, affinity: undefined })),
  )
  const creation: Effect = { type: 'createReplicaSet', key: `replicaset/web-${hash}`, object: wanted, why: '' }
  const answering = (there: JsonObject) =>
    server(({ method }) => (method === 'POST' ? refusal(409, 'AlreadyExists') : there))
  const ofOurs = { ...wanted, metadata: { ...(wanted.metadata as JsonObject), uid: 'u', resourceVersion: '1' } }

  it('is done when an earlier pass has made it', async () => {
    const [outcome] = await apply(answering(ofOurs).context, [creation])
    assert.equal(outcome?.result, 'done')
  })

  it('fails when it runs another template', async () => {
    const other = structuredClone(ofOurs) as unknown as JsonObject & {
      spec: { template: { spec: { containers: { image: string }[] } } }
    }
    const [container] = other.spec.template.spec.containers
    assert.ok(container)
    container.image = 'web:other'
    const [outcome] = await apply(answering(other).context, [creation])
    assert.ok(outcome?.result === 'failed' && outcome.error instanceof NameTakenError)
  })

  it('fails when it belongs to somebody else', async () => {
    const foreign = { ...ofOurs, metadata: { ...ofOurs.metadata, ownerReferences: [] } }
    const [outcome] = await apply(answering(foreign).context, [creation])
    assert.ok(outcome?.result === 'failed' && outcome.error instanceof NameTakenError)
  })
})

describe('relabelling pods', () => {
  it('changes the living pods of the ReplicaSet and no others', async () => {
    const pod = (name: string, owner: string, deleted = false): JsonObject => ({
      metadata: {
        name,
        namespace: 'default',
        uid: name,
        resourceVersion: '1',
        ownerReferences: [{ kind: 'ReplicaSet', name: owner, controller: true }],
        ...(deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      },
    })
    const items = [pod('mine', 'web-1'), pod('theirs', 'web-2'), pod('going', 'web-1', true)]
    const { requests, context } = server(({ method }) => (method === 'GET' ? { items } : object('mine')))
    await apply(context, [
      {
        type: 'relabelPods',
        key: 'pods/web-1',
        replicaSet: 'web-1',
        selector: { hash: '1' },
        metadata: { labels: { role: 'stable' } },
        why: '',
      },
    ])
    assert.deepEqual(requests, ['GET /api/v1/namespaces/default/pods', 'PATCH /api/v1/namespaces/default/pods/mine'])
  })
})
