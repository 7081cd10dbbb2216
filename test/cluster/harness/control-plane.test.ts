import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { z } from 'zod'

import { useCluster } from './cluster.ts'
import { kubectl } from './kubectl.ts'
import { createServiceAccount } from './service-account.ts'

describe('the control plane', () => {
  it('keeps its objects and its port when the API server is killed and started again', async () => {
    const { plane, createNamespace } = await useCluster()
    await createNamespace('harness-restart')
    await plane.restartApiServer(200)
    const namespace = await kubectl(plane, ['get', 'namespace', 'harness-restart', '-o', 'name'])
    assert.equal(namespace.trim(), 'namespace/harness-restart')
  })

  it('gives a ServiceAccount what its rules allow and writes down what it refused', async () => {
    const cluster = await useCluster()
    await cluster.createNamespace('harness-rbac')
    const rules = { everywhere: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }], ownNamespace: [] }
    const account = await createServiceAccount(cluster.plane, { namespace: 'harness-rbac', name: 'reader', rules })
    const since = await cluster.plane.audit.mark()
    await account.api.list('/api/v1/configmaps', z.object({}))
    await assert.rejects(account.api.list('/api/v1/secrets', z.object({})), { status: 403 })
    const entries = await cluster.plane.audit.entries(account.user, since)
    assert.deepEqual(
      entries.map((entry) => [entry.verb, entry.objectRef?.resource, entry.responseStatus?.code]),
      [
        ['list', 'configmaps', 200],
        ['list', 'secrets', 403],
      ],
    )
  })
})
