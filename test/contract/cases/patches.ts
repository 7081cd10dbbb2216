import assert from 'node:assert/strict'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal } from '../client.ts'
import { configMap, configMaps, deployments, replicaSet, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

const jsonPatch = { type: 'application/json-patch+json' } as const
const strategic = { type: 'application/strategic-merge-patch+json' } as const

/** The ways to change a part of an object. */
export const patchCases: readonly ContractCase[] = [
  {
    name: 'removes by null in a merge patch, and replaces lists whole',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 3, steps: [{ setWeight: 1 }, { setWeight: 2 }] }))
      const patched = await client.patch(widgets, 'a', { spec: { replicas: null, steps: [{ setWeight: 5 }] } })
      assert.deepEqual(patched.spec, { mode: 'a', template: 'abc', steps: [{ setWeight: 5 }] })
    },
  },
  {
    name: 'removes a label and an annotation by null',
    async run(client) {
      await client.create(configMaps, { metadata: { name: 'a', labels: { x: '1', y: '2' } } })
      const patched = await client.patch(configMaps, 'a', { metadata: { labels: { x: null } } })
      assert.deepEqual(objectOr(patched.metadata).labels, { y: '2' })
    },
  },
  {
    name: 'adds, replaces, removes and moves by JSON patch',
    async run(client) {
      await client.create(configMaps, configMap('a'))
      const patched = await client.patch(
        configMaps,
        'a',
        [
          { op: 'add', path: '/data/b', value: '2' },
          { op: 'replace', path: '/data/a', value: '3' },
          { op: 'move', from: '/data/a', path: '/data/d' },
          { op: 'add', path: '/metadata/annotations', value: { 'example.com/k': 'v', l: 'w' } },
          { op: 'remove', path: '/metadata/annotations/example.com~1k' },
        ],
        jsonPatch,
      )
      assert.deepEqual(patched.data, { b: '2', d: '3' })
      assert.deepEqual(objectOr(patched.metadata).annotations, { l: 'w' })
    },
  },
  {
    name: 'changes nothing when the test of a JSON patch fails',
    async run(client) {
      await client.create(widgets, widget('a', { replicas: 1 }))
      const patch = [
        { op: 'replace', path: '/spec/replicas', value: 2 },
        { op: 'test', path: '/spec/template', value: 'other' },
      ]
      const error = await refusal(client.patch(widgets, 'a', patch, jsonPatch))
      assert.equal(error.code, 422)
      assert.equal(error.reason, 'Invalid')
      assert.equal(objectOr((await client.get(widgets, 'a')).spec).replicas, 1)
    },
  },
  {
    name: 'refuses a JSON patch that removes what is not there',
    async run(client) {
      await client.create(configMaps, configMap('a'))
      const error = await refusal(client.patch(configMaps, 'a', [{ op: 'remove', path: '/data/none' }], jsonPatch))
      assert.equal(error.code, 422)
    },
  },
  {
    name: 'merges containers by name in a strategic merge patch',
    async run(client) {
      await client.create(deployments, replicaSet('a'))
      const containers = [
        { name: 'side', image: 'side:1' },
        { name: 'app', image: 'app:2' },
      ]
      const patched = await client.patch(deployments, 'a', { spec: { template: { spec: { containers } } } }, strategic)
      const spec = objectOr(objectOr(objectOr(patched.spec).template).spec)
      const images = (spec.containers as { name: string; image: string }[]).map(({ name, image }) => [name, image])
      assert.deepEqual(images.sort(), [
        ['app', 'app:2'],
        ['side', 'side:1'],
      ])
      const gone = [{ name: 'side', $patch: 'delete' }]
      const after = await client.patch(
        deployments,
        'a',
        { spec: { template: { spec: { containers: gone } } } },
        strategic,
      )
      assert.equal((objectOr(objectOr(objectOr(after.spec).template).spec).containers as unknown[]).length, 1)
    },
  },
  {
    name: 'has no strategic merge patch for custom resources',
    async run(client) {
      await client.create(widgets, widget('a'))
      const error = await refusal(client.patch(widgets, 'a', { spec: { replicas: 1 } }, strategic))
      assert.equal(error.code, 415)
      assert.equal(error.reason, 'UnsupportedMediaType')
    },
  },
  {
    name: 'lets nobody change uid, creation time and generation',
    async run(client) {
      const created = await client.create(widgets, widget('a'))
      const patched = await client.patch(widgets, 'a', {
        metadata: { generation: 77, creationTimestamp: '2001-01-01T00:00:00Z' },
        spec: { replicas: 1 },
      })
      assert.equal(objectOr(patched.metadata).generation, 2)
      assert.equal(objectOr(patched.metadata).creationTimestamp, objectOr(created.metadata).creationTimestamp)
      const error = await refusal(client.patch(widgets, 'a', { metadata: { uid: 'other' } }))
      assert.equal(error.code, 422)
      assert.equal(error.causes[0]?.field, 'metadata.uid')
    },
  },
]
