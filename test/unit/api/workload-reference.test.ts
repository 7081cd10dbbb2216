import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatFieldError } from '../../../src/api/field-error.ts'
import { deployments, podTemplates, replicaSets } from '../../../src/api/resources.ts'
import { workloadNotFound, workloadReferenceErrors, workloadResource } from '../../../src/api/workload-reference.ts'

const ref = (apiVersion: string, kind: string, scaleDown?: string) => ({
  apiVersion,
  kind,
  name: 'web',
  ...(scaleDown !== undefined && { scaleDown }),
})

const errors = (...parts: Parameters<typeof ref>): readonly string[] =>
  workloadReferenceErrors(ref(...parts)).map(formatFieldError)

describe('a reference to a workload', () => {
  it('may name a Deployment, a ReplicaSet or a PodTemplate', () => {
    assert.equal(workloadResource(ref('apps/v1', 'Deployment')), deployments)
    assert.equal(workloadResource(ref('apps/v1', 'ReplicaSet')), replicaSets)
    assert.equal(workloadResource(ref('v1', 'PodTemplate')), podTemplates)
    assert.deepEqual(errors('apps/v1', 'Deployment'), [])
    assert.deepEqual(errors('v1', 'PodTemplate'), [])
  })

  it('to any other kind is refused in the published words', () => {
    const refusal = (type: string) => [`workload of type ${type} is not supported`]
    assert.deepEqual(errors('apps/v1', 'StatefulSet'), refusal('apps/StatefulSet'))
    assert.deepEqual(errors('v1', 'Deployment'), refusal('/Deployment'))
    assert.deepEqual(errors('', ''), refusal('/'))
  })

  it('to another version of a known kind says what is not there', () => {
    assert.equal(workloadResource(ref('apps/v1beta1', 'Deployment')), undefined)
    assert.match(
      errors('apps/v1beta1', 'Deployment')[0] ?? '',
      /apps\/v1beta1 has no Deployment: the server could not find/,
    )
  })

  it('to an object that is not there names it as the server does', () => {
    assert.equal(
      formatFieldError(workloadNotFound(deployments, 'shop', 'web')),
      'deployments.apps "shop/web" not found',
    )
    assert.match(
      formatFieldError(workloadNotFound(podTemplates, 'shop', 'web')),
      /^podtemplates "shop\/web" not found$/,
    )
  })

  it('scales down a Deployment only, and in known ways only', () => {
    for (const way of ['', 'never', 'onsuccess', 'progressively']) {
      assert.deepEqual(errors('apps/v1', 'Deployment', way), [])
    }
    assert.match(
      errors('apps/v1', 'Deployment', 'always')[0] ?? '',
      /^spec\.workloadRef\.scaleDown: Invalid value: "always"/,
    )
    assert.match(errors('apps/v1', 'ReplicaSet', 'onsuccess')[0] ?? '', /a ReplicaSet is not scaled down/)
    assert.deepEqual(errors('apps/v1', 'ReplicaSet', 'never'), [])
  })
})
