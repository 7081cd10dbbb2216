import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { otherManagersOf, pathsOfPatch, shortManagedFields } from '../../../src/kube/field-managers.ts'

const entry = (manager: string, fieldsV1: object, time = '2026-01-01T00:00:00Z') => ({
  manager,
  operation: 'Update',
  time,
  fieldsV1,
})

const rules = { 'f:spec': { 'f:rules': { 'k:{"name":"a"}': { 'f:weight': {} } } } }
const annotation = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:example.com/weight': {} } } }
const own = 'rollouts-controller'

const metadataOf = (...entries: readonly object[]) => ({ managedFields: shortManagedFields(entries) })

describe('managed fields in a cache', () => {
  it('keep who and when, and no more of the fields than tells members of the spec apart', () => {
    assert.deepEqual(shortManagedFields([entry('kubectl', rules)]), [
      {
        manager: 'kubectl',
        time: '2026-01-01T00:00:00Z',
        fieldsV1: { 'f:spec': { 'f:rules': { 'k:{"name":"a"}': {} } } },
      },
    ])
  })

  it('leave out who writes the status', () => {
    assert.deepEqual(shortManagedFields([{ ...entry('gateway', { 'f:status': {} }), subresource: 'status' }]), [])
  })

  it('of an object that has none are none', () => {
    assert.deepEqual(shortManagedFields(undefined), [])
  })
})

describe('who else manages what a patch writes', () => {
  const patch = { metadata: { resourceVersion: '7', annotations: { 'example.com/weight': '20' } }, spec: { rules: [] } }

  it('is asked for members of the spec and for single annotations', () => {
    assert.deepEqual(pathsOfPatch(patch), [
      ['spec', 'rules'],
      ['metadata', 'annotations', 'example.com/weight'],
    ])
  })

  it('is told by name, the last one first', () => {
    const metadata = metadataOf(
      entry('kubectl', annotation, '2026-01-01T00:00:00Z'),
      entry('argocd-controller', rules, '2026-01-01T00:05:00Z'),
    )
    assert.deepEqual(otherManagersOf(metadata, pathsOfPatch(patch), own), ['argocd-controller', 'kubectl'])
  })

  it('is nobody where only we do, or others have other fields', () => {
    const metadata = metadataOf(entry(own, rules), entry('kubectl', { 'f:spec': { 'f:parentRefs': {} } }))
    assert.deepEqual(otherManagersOf(metadata, pathsOfPatch(patch), own), [])
  })

  it('is one who has the whole of which we write a part', () => {
    assert.deepEqual(otherManagersOf(metadataOf(entry('helm', { 'f:spec': {} })), [['spec', 'rules']], own), ['helm'])
  })
})
