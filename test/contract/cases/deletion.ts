import assert from 'node:assert/strict'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal } from '../client.ts'
import { configMap, configMaps, jobs, podTemplate, replicaSet, replicaSets, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

/** How objects end. */
export const deletionCases: readonly ContractCase[] = [
  {
    name: 'says what was deleted',
    async run(client) {
      await client.create(configMaps, configMap('a'))
      const answer = await client.remove(configMaps, 'a')
      assert.equal(answer.kind, 'Status')
      assert.equal(answer.status, 'Success')
      const { name, kind } = objectOr(answer.details)
      assert.deepEqual({ name, kind }, { name: 'a', kind: 'configmaps' })
      assert.equal((await refusal(client.get(configMaps, 'a'))).code, 404)
      assert.equal((await refusal(client.remove(configMaps, 'a'))).code, 404)
    },
  },
  {
    name: 'keeps an object with finalizers until the last one is removed',
    async run(client) {
      await client.create(widgets, { ...widget('a'), metadata: { name: 'a', finalizers: ['example.com/hold'] } })
      await client.remove(widgets, 'a')
      const held = await client.get(widgets, 'a')
      const { deletionTimestamp, deletionGracePeriodSeconds, generation } = objectOr(held.metadata)
      assert.ok(typeof deletionTimestamp === 'string')
      assert.equal(deletionGracePeriodSeconds, 0)
      assert.equal(generation, 2)
      await client.patch(widgets, 'a', { metadata: { finalizers: null } })
      assert.equal((await refusal(client.get(widgets, 'a'))).code, 404)
    },
  },
  {
    name: 'takes no new finalizers for an object that is being deleted',
    async run(client) {
      await client.create(widgets, { ...widget('a'), metadata: { name: 'a', finalizers: ['example.com/hold'] } })
      await client.remove(widgets, 'a')
      const finalizers = ['example.com/hold', 'example.com/more']
      const error = await refusal(client.patch(widgets, 'a', { metadata: { finalizers } }))
      assert.equal(error.code, 422)
      assert.deepEqual(error.causes[0], {
        reason: 'FieldValueForbidden',
        field: 'metadata.finalizers',
        message:
          'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
      })
    },
  },
  {
    name: 'marks an object for a deletion that waits for its dependents',
    async run(client) {
      await client.create(replicaSets, replicaSet('a'))
      await client.remove(replicaSets, 'a', { propagationPolicy: 'Foreground' })
      const { finalizers, deletionTimestamp } = objectOr((await client.get(replicaSets, 'a')).metadata)
      assert.deepEqual(finalizers, ['foregroundDeletion'])
      assert.ok(deletionTimestamp)
    },
  },
  {
    name: 'lets a Job leave its pods behind when nobody says otherwise',
    async run(client) {
      const { spec } = podTemplate('a')
      const template = { spec: { ...objectOr(spec), restartPolicy: 'Never' } }
      await client.create(jobs, { metadata: { name: 'a' }, spec: { template } })
      await client.remove(jobs, 'a')
      const { finalizers } = objectOr((await client.get(jobs, 'a')).metadata)
      assert.deepEqual(finalizers, ['orphan'])
    },
  },
  {
    name: 'deletes only the object that the preconditions mean',
    async run(client) {
      const created = await client.create(configMaps, configMap('a'))
      const error = await refusal(client.remove(configMaps, 'a', { preconditions: { uid: 'other' } }))
      assert.equal(error.code, 409)
      assert.equal(
        error.serverMessage,
        `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${objectOr(created.metadata).uid}). The object might have been deleted and then recreated`,
      )
      await client.remove(configMaps, 'a', { preconditions: { uid: objectOr(created.metadata).uid } })
    },
  },
  {
    name: 'deletes what a selector selects',
    async run(client) {
      await client.create(configMaps, configMap('a', { app: 'web' }))
      await client.create(configMaps, configMap('b', { app: 'job' }))
      const path = `/api/v1/namespaces/${client.namespace}/configmaps`
      await client.transport.request({ method: 'DELETE', path, query: { labelSelector: 'app=web' } })
      assert.equal((await refusal(client.get(configMaps, 'a'))).code, 404)
      assert.equal(objectOr((await client.get(configMaps, 'b')).metadata).name, 'b')
    },
  },
]
