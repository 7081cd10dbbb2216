import assert from 'node:assert/strict'
import { nameOf, refusal, versionOf } from '../client.ts'
import { configMap, configMaps, leases, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

/** Who wins when two write. */
export const conflictCases: readonly ContractCase[] = [
  {
    name: 'gives every write a new resourceVersion and keeps uid and creation time',
    async run(client) {
      const created = await client.create(configMaps, configMap('a'))
      const patched = await client.patch(configMaps, 'a', { data: { a: '2' } })
      assert.notEqual(versionOf(patched), versionOf(created))
      const { uid, creationTimestamp } = created.metadata as { uid: string; creationTimestamp: string }
      assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.match(creationTimestamp, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
      assert.deepEqual((patched.metadata as { uid: string }).uid, uid)
    },
  },
  {
    name: 'refuses a replacement that carries an old resourceVersion',
    async run(client) {
      const created = await client.create(configMaps, configMap('a'))
      await client.patch(configMaps, 'a', { data: { a: '2' } })
      const error = await refusal(client.put(configMaps, { ...created, data: {} }))
      assert.equal(error.code, 409)
      assert.equal(error.reason, 'Conflict')
      assert.equal(
        error.serverMessage,
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      )
    },
  },
  {
    name: 'refuses a patch that carries an old resourceVersion',
    async run(client) {
      const created = await client.create(widgets, widget('a'))
      await client.patch(widgets, 'a', { spec: { replicas: 1 } })
      const late = { metadata: { resourceVersion: versionOf(created) }, spec: { replicas: 2 } }
      const error = await refusal(client.patch(widgets, 'a', late))
      assert.equal(error.code, 409)
      assert.equal(error.reason, 'Conflict')
    },
  },
  {
    name: 'refuses a status patch that carries an old resourceVersion',
    async run(client) {
      const created = await client.create(widgets, widget('a'))
      await client.patch(widgets, 'a', { spec: { replicas: 1 } })
      const late = { metadata: { resourceVersion: versionOf(created) }, status: { replicas: 2 } }
      const error = await refusal(client.patch(widgets, 'a', late, { subresource: 'status' }))
      assert.equal(error.code, 409)
    },
  },
  {
    name: 'does not write what changes nothing',
    async run(client) {
      const created = await client.create(configMaps, configMap('a'))
      const same = await client.patch(configMaps, 'a', { data: { a: '1' } })
      assert.equal(versionOf(same), versionOf(created))
    },
  },
  {
    name: 'refuses to create what exists',
    async run(client) {
      await client.create(widgets, widget('a'))
      const error = await refusal(client.create(widgets, widget('a')))
      assert.equal(error.code, 409)
      assert.equal(error.reason, 'AlreadyExists')
      assert.equal(error.serverMessage, 'widgets.contract.example.com "a" already exists')
    },
  },
  {
    name: 'makes up names behind a prefix',
    async run(client) {
      const created = await client.create(configMaps, { metadata: { generateName: 'run-' }, data: {} })
      assert.match(nameOf(created), /^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    },
  },
  {
    name: 'names the object that it does not find',
    async run(client) {
      const error = await refusal(client.get(widgets, 'none'))
      assert.equal(error.code, 404)
      assert.equal(error.reason, 'NotFound')
      assert.equal(error.serverMessage, 'widgets.contract.example.com "none" not found')
    },
  },
  {
    name: 'does not create into a namespace that is not there',
    async run(client) {
      const path = '/api/v1/namespaces/not-there/configmaps'
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
      const error = await refusal(client.transport.request({ method: 'POST', path, body }))
      assert.equal(error.code, 404)
      assert.equal(error.serverMessage, 'namespaces "not-there" not found')
    },
  },
  {
    name: 'answers 404 for a kind that nobody serves',
    async run(client) {
      const path = `/apis/contract.example.com/v1/namespaces/${client.namespace}/gadgets`
      assert.equal((await refusal(client.transport.request({ method: 'GET', path }))).code, 404)
    },
  },
  {
    name: 'lets one of two candidates take a lease',
    async run(client) {
      const spec = { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' }
      const created = await client.create(leases, { metadata: { name: 'leader' }, spec })
      const one = await client.put(leases, { ...created, spec: { ...spec, leaseTransitions: 1 } })
      const error = await refusal(client.put(leases, { ...created, spec: { ...spec, holderIdentity: 'two' } }))
      assert.equal(error.code, 409)
      assert.deepEqual(one.spec, { ...spec, leaseTransitions: 1 })
    },
  },
  {
    name: 'stores nothing in a dry run, and checks all the same',
    async run(client) {
      const made = await client.create(configMaps, configMap('a'), { dryRun: 'All' })
      assert.equal(nameOf(made), 'a')
      assert.equal((await refusal(client.get(configMaps, 'a'))).code, 404)
      const error = await refusal(client.create(widgets, { metadata: { name: 'a' }, spec: {} }, { dryRun: 'All' }))
      assert.equal(error.code, 422)
    },
  },
]
