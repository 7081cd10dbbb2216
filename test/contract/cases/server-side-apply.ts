import assert from 'node:assert/strict'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal, versionOf } from '../client.ts'
import { deployments, replicaSet, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

const managersOf = (object: { metadata?: unknown }) =>
  (objectOr(object.metadata).managedFields as { manager: string; operation: string; fieldsV1: unknown }[]).map(
    ({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }),
  )

/** Who owns which field. */
export const serverSideApplyCases: readonly ContractCase[] = [
  {
    name: 'creates what is not there, and owns what it says',
    async run(client) {
      const applied = await client.apply(widgets, widget('a', { ports: [{ port: 80 }] }), 'one')
      assert.deepEqual(managersOf(applied), [
        {
          manager: 'one',
          operation: 'Apply',
          fieldsV1: {
            'f:spec': {
              'f:template': {},
              'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
            },
          },
        },
      ])
    },
  },
  {
    name: 'refuses to change what another manager owns, and says what',
    async run(client) {
      await client.apply(widgets, widget('a', { replicas: 1 }), 'one')
      const error = await refusal(client.apply(widgets, widget('a', { replicas: 2 }), 'two'))
      assert.equal(error.code, 409)
      assert.equal(error.reason, 'Conflict')
      assert.equal(error.serverMessage, 'Apply failed with 1 conflict: conflict with "one": .spec.replicas')
      assert.deepEqual(error.causes, [
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' },
      ])
    },
  },
  {
    name: 'takes a field over by force',
    async run(client) {
      await client.apply(widgets, widget('a', { replicas: 1 }), 'one')
      const forced = await client.apply(widgets, { metadata: { name: 'a' }, spec: { replicas: 2 } }, 'two', true)
      assert.equal(objectOr(forced.spec).replicas, 2)
      const owners = managersOf(forced).filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:replicas'))
      assert.deepEqual(
        owners.map(({ manager }) => manager),
        ['two'],
      )
    },
  },
  {
    name: 'removes what its manager leaves out, unless another one owns it too',
    async run(client) {
      await client.apply(widgets, widget('a', { replicas: 1, ports: [{ port: 80 }, { port: 81 }] }), 'one')
      await client.apply(widgets, { metadata: { name: 'a' }, spec: { ports: [{ port: 81, name: 'kept' }] } }, 'two')
      const applied = await client.apply(widgets, widget('a'), 'one')
      const { ports, replicas } = objectOr(applied.spec)
      assert.equal(replicas, undefined)
      assert.deepEqual(ports, [{ port: 81, protocol: 'TCP', name: 'kept' }])
    },
  },
  {
    name: 'merges containers of a Deployment by name',
    async run(client) {
      await client.create(deployments, replicaSet('a'))
      const containers = [{ name: 'side', image: 'side:1' }]
      const applied = await client.apply(
        deployments,
        { metadata: { name: 'a' }, spec: { template: { spec: { containers } } } },
        'side',
      )
      const names = (objectOr(objectOr(objectOr(applied.spec).template).spec).containers as { name: string }[]).map(
        ({ name }) => name,
      )
      assert.deepEqual(names.toSorted(), ['app', 'side'])
    },
  },
  {
    name: 'sees a conflict with a manager that updates',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 1 }), { fieldManager: 'maker' })
      const error = await refusal(client.apply(widgets, widget('a', { replicas: 2 }), 'one'))
      assert.equal(
        error.serverMessage,
        'Apply failed with 1 conflict: conflict with "maker" using contract.example.com/v1: .spec.replicas',
      )
    },
  },
  {
    name: 'changes nothing when it is applied again',
    async run(client) {
      const first = await client.apply(widgets, widget('a', { replicas: 1 }), 'one')
      const second = await client.apply(widgets, widget('a', { replicas: 1 }), 'one')
      assert.equal(versionOf(second), versionOf(first))
    },
  },
  {
    name: 'wants a field manager and declared fields',
    async run(client) {
      const type = 'application/apply-patch+yaml' as const
      const body = { apiVersion: 'contract.example.com/v1', kind: 'Widget', ...widget('a') }
      const unnamed = await refusal(client.patch(widgets, 'a', body, { type }))
      assert.equal(unnamed.code, 422)
      assert.equal(unnamed.causes[0]?.field, 'fieldManager')
      const undeclared = await refusal(client.apply(widgets, widget('a', { steps: [{ unknown: 1 }], zz: 1 }), 'one'))
      assert.equal(undeclared.code, 500)
      assert.match(undeclared.serverMessage, /field not declared in schema$/)
    },
  },
]
