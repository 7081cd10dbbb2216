import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../../src/lib/json.ts'
import { applyStrategicMergePatch } from '../../../../src/sandbox/api-server/patch/strategic-merge-patch.ts'
import { builtinSchemas, resolve } from '../../../../src/sandbox/api-server/schema/schema.ts'

const podSpec = resolve({ $ref: 'io.k8s.api.core.v1.PodSpec' })
const meta = resolve({ $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' })
const deploymentSpec = resolve({ $ref: 'io.k8s.api.apps.v1.DeploymentSpec' })

const names = (list: unknown): readonly unknown[] => (list as { name: string }[]).map(({ name }) => name)

describe('strategic merge patches', () => {
  const spec: JsonObject = {
    containers: [
      { name: 'a', image: 'a:1', args: ['x'] },
      { name: 'b', image: 'b:1' },
    ],
  }

  it('merge items by key and replace lists that have none', () => {
    const patched = applyStrategicMergePatch(spec, { containers: [{ name: 'a', args: ['y', 'z'] }] }, podSpec)
    assert.deepEqual(patched, {
      containers: [
        { name: 'a', image: 'a:1', args: ['y', 'z'] },
        { name: 'b', image: 'b:1' },
      ],
    })
  })

  it('delete an item, or replace the list, by directive', () => {
    const deleted = applyStrategicMergePatch(spec, { containers: [{ name: 'a', $patch: 'delete' }] }, podSpec)
    assert.deepEqual(names(deleted.containers), ['b'])
    const replaced = applyStrategicMergePatch(spec, { containers: [{ $patch: 'replace' }, { name: 'c' }] }, podSpec)
    assert.deepEqual(names(replaced.containers), ['c'])
  })

  it('put items in the order that the patch asks for', () => {
    const patch = { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }], containers: [{ name: 'c' }] }
    assert.deepEqual(names(applyStrategicMergePatch(spec, patch, podSpec).containers), ['c', 'a', 'b'])
  })

  it('add to and delete from lists of scalars', () => {
    const before = { finalizers: ['one', 'two'] }
    assert.deepEqual(applyStrategicMergePatch(before, { finalizers: ['two', 'three'] }, meta), {
      finalizers: ['one', 'two', 'three'],
    })
    assert.deepEqual(applyStrategicMergePatch(before, { '$deleteFromPrimitiveList/finalizers': ['one'] }, meta), {
      finalizers: ['two'],
    })
  })

  it('retain only the named members of a union', () => {
    const before = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } }
    assert.deepEqual(applyStrategicMergePatch(before, patch, deploymentSpec), { strategy: { type: 'Recreate' } })
  })

  it('refuse items without their key', () => {
    const patch = { containers: [{ image: 'x' }] }
    assert.throws(() => applyStrategicMergePatch(spec, patch, podSpec), /does not contain declared merge key: name/)
  })

  it('know the keys of every built-in list that is merged by key', () => {
    const lists = Object.values(builtinSchemas).flatMap(({ properties = {} }) => Object.values(properties))
    const merged = lists.filter((list) => list['x-kubernetes-patch-strategy'] === 'merge' && list.items?.$ref)
    assert.ok(merged.length > 20)
    assert.ok(merged.every((list) => list['x-kubernetes-patch-merge-key'] !== undefined))
  })
})
