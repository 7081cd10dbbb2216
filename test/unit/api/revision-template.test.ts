import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReplicaSet } from '../../../src/api/kubernetes/workloads.ts'
import { ephemeralMetadataAnnotation, podTemplateHashLabel } from '../../../src/api/labels.ts'
import { templateOfRevision } from '../../../src/api/revision-template.ts'
import type { JsonObject } from '../../../src/lib/json.ts'

const injected = {
  labelSelector: { matchExpressions: [{ key: podTemplateHashLabel, operator: 'In', values: ['a'] }] },
  topologyKey: 'kubernetes.io/hostname',
}
const own = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone' }

const aReplicaSet = (affinity?: JsonObject, recorded?: string): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-a',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: recorded === undefined ? {} : { [ephemeralMetadataAnnotation]: recorded },
  },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: {
        labels: { app: 'web', role: 'canary', [podTemplateHashLabel]: 'a' },
        annotations: { team: 'shop', hint: 'canary' },
      },
      spec: { containers: [{ name: 'main', image: 'web:1' }], ...(affinity && { affinity }) },
    },
  },
})

describe('the template of a revision', () => {
  it('has no hash, and no metadata that its pods got for their role', () => {
    const recorded = '{"labels":{"role":"canary"},"annotations":{"hint":"canary"}}'
    assert.deepEqual(templateOfRevision(aReplicaSet(undefined, recorded)), {
      metadata: { labels: { app: 'web' }, annotations: { team: 'shop' } },
      spec: { containers: [{ name: 'main', image: 'web:1' }] },
    })
  })

  it('keeps all metadata when the record cannot be read', () => {
    const { metadata } = templateOfRevision(aReplicaSet(undefined, '{'))
    assert.deepEqual(metadata?.labels, { app: 'web', role: 'canary' })
  })

  it('has no anti-affinity of the controller, and keeps that of the user', () => {
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [own, injected],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: injected }],
      },
    }
    assert.deepEqual(templateOfRevision(aReplicaSet(affinity)).spec?.affinity, {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [own] },
    })
  })

  it('has no affinity at all where only the controller had put one', () => {
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [injected] } }
    assert.equal(templateOfRevision(aReplicaSet(affinity)).spec?.affinity, undefined)
  })
})
