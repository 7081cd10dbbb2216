import assert from 'node:assert/strict'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal } from '../client.ts'
import { deployments, replicaSet, replicaSets, serviceAccounts, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

const generationOf = (object: { metadata?: unknown }): unknown => objectOr(object.metadata).generation

/** Status, scale and tokens. */
export const subresourceCases: readonly ContractCase[] = [
  {
    name: 'ignores the status when an object is created or changed',
    async run(client) {
      const created = await client.create(widgets, { ...widget('a'), status: { replicas: 5 } })
      assert.equal(created.status, undefined)
      const patched = await client.patch(widgets, 'a', { spec: { replicas: 1 }, status: { replicas: 5 } })
      assert.equal(patched.status, undefined)
    },
  },
  {
    name: 'changes nothing but the status through the status subresource',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 1 }))
      const body = { metadata: { labels: { x: '1' } }, spec: { replicas: 9 }, status: { replicas: 5 } }
      const patched = await client.patch(widgets, 'a', body, { subresource: 'status' })
      assert.deepEqual(patched.status, { replicas: 5 })
      assert.equal(objectOr(patched.spec).replicas, 1)
      assert.equal(objectOr(patched.metadata).labels, undefined)
      assert.equal(generationOf(patched), 1)
    },
  },
  {
    name: 'counts a generation for each change of the spec and for nothing else',
    async run(client) {
      assert.equal(generationOf(await client.create(widgets, widget('a'))), 1)
      assert.equal(generationOf(await client.patch(widgets, 'a', { metadata: { labels: { x: '1' } } })), 1)
      assert.equal(generationOf(await client.patch(widgets, 'a', { spec: { replicas: 2 } })), 2)
      assert.equal(generationOf(await client.patch(widgets, 'a', { spec: { replicas: 2 } })), 2)
    },
  },
  {
    name: 'keeps the status of a ReplicaSet apart as well',
    async run(client) {
      await client.create(replicaSets, replicaSet('a'))
      const body = { spec: { replicas: 9 }, status: { replicas: 2, observedGeneration: 1 } }
      const patched = await client.patch(replicaSets, 'a', body, { subresource: 'status' })
      assert.deepEqual(patched.status, { replicas: 2, observedGeneration: 1 })
      assert.equal(objectOr(patched.spec).replicas, 2)
    },
  },
  {
    name: 'scales a custom resource along the paths of its CRD',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 2 }))
      await client.patch(widgets, 'a', { status: { replicas: 1, selector: 'app=a' } }, { subresource: 'status' })
      const scale = await client.get(widgets, 'a', 'scale')
      assert.equal(scale.kind, 'Scale')
      assert.deepEqual(scale.spec, { replicas: 2 })
      assert.deepEqual(scale.status, { replicas: 1, selector: 'app=a' })
      await client.put(widgets, { ...scale, spec: { replicas: 7 } }, 'scale')
      const scaled = await client.get(widgets, 'a')
      assert.equal(objectOr(scaled.spec).replicas, 7)
      assert.equal(generationOf(scaled), 2)
    },
  },
  {
    name: 'scales a Deployment and tells its selector as text',
    async run(client) {
      await client.create(deployments, replicaSet('a'))
      await client.patch(deployments, 'a', { spec: { replicas: 4 } }, { subresource: 'scale' })
      const scale = await client.get(deployments, 'a', 'scale')
      assert.deepEqual(scale.spec, { replicas: 4 })
      assert.equal(objectOr(scale.status).selector, 'app=a')
    },
  },
  {
    name: 'refuses a negative scale',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 2 }))
      const error = await refusal(client.patch(widgets, 'a', { spec: { replicas: -1 } }, { subresource: 'scale' }))
      assert.equal(error.code, 422)
      assert.deepEqual(
        error.causes.map(({ field, message }) => [field, message]),
        [
          ['spec.replicas', 'Invalid value: -1: spec.replicas in body should be greater than or equal to 0'],
          ['.spec.replicas', 'Invalid value: -1: should be a non-negative integer'],
        ],
      )
    },
  },
  {
    name: 'makes tokens for a ServiceAccount',
    async run(client) {
      await client.create(serviceAccounts, { metadata: { name: 'robot' } })
      const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } }
      const answer = await client.post(serviceAccounts, 'robot', 'token', request)
      assert.ok(String(objectOr(answer.status).token).length > 10)
      assert.ok(Date.parse(String(objectOr(answer.status).expirationTimestamp)) > 0)
    },
  },
]
