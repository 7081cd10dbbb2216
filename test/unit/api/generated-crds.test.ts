import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as z from 'zod'
import { crdFiles, customResourceDefinitions } from '../../../scripts/generate/custom-resource-definitions.ts'
import type { StructuralSchema } from '../../../scripts/generate/structural-schema.ts'
import { parseYaml } from '../../../src/lib/yaml.ts'

const files = crdFiles()
const crds = new URL('../../../crds/', import.meta.url)

interface Place {
  readonly path: string
  readonly schema: StructuralSchema
  /** Whether the place is inside a pod template or a Job, whose schema is Kubernetes' own. */
  readonly foreign: boolean
}

const isPodTemplate = /\.template\.(metadata|spec)$/

/** A schema and all schemas in it. */
const placesIn = (schema: StructuralSchema, path: string, foreign = false): Place[] => {
  const kubernetes = foreign || isPodTemplate.test(path)
  const within = kubernetes || path.endsWith('.job.spec')
  const inside = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => placesIn(field, `${path}.${name}`, within)),
    ...(schema.items ? placesIn(schema.items, `${path}[]`, within) : []),
    ...(schema.additionalProperties ? placesIn(schema.additionalProperties, `${path}.*`, within) : []),
  ]
  return [{ path, schema, foreign: kubernetes }, ...inside]
}

const places = customResourceDefinitions().flatMap((definition) =>
  definition.spec.versions.flatMap(({ schema }) => placesIn(schema.openAPIV3Schema, definition.spec.names.kind)),
)

test('crds/ holds exactly what the schemas say (after a change: npm run generate)', () => {
  const kustomization = z
    .object({ resources: z.array(z.string()) })
    .parse(parseYaml(readFileSync(new URL('Kustomization', crds), 'utf8')))
  assert.deepEqual(readdirSync(crds).toSorted(), ['Kustomization', ...files.keys()].toSorted())
  assert.deepEqual(kustomization.resources, [...files.keys()].toSorted())
  for (const [name, text] of files) assert.equal(readFileSync(new URL(name, crds), 'utf8'), text, name)
})

test('each CRD fits into the annotation that kubectl apply leaves', () => {
  for (const [name, text] of files) {
    const bytes = Buffer.byteLength(JSON.stringify(parseYaml(text)))
    assert.ok(bytes < 128 * 1024, `${name} has ${bytes} bytes`)
  }
})

test('every field of ours is described for kubectl explain', () => {
  const bare = places.filter(
    ({ path, schema, foreign }) =>
      !foreign && /\.[A-Za-z]+$/.test(path) && !path.endsWith('.metadata') && (schema.description ?? '') === '',
  )
  assert.deepEqual(
    bare.map(({ path }) => path),
    [],
  )
})

test('schemas are structural: every place has a type or is open, and nothing is referenced', () => {
  for (const { path, schema } of places) {
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true
    const typed = schema.type !== undefined || schema['x-kubernetes-int-or-string'] === true
    assert.ok(typed || open, path)
    assert.equal(schema.$ref, undefined, path)
    assert.ok(schema.properties === undefined || schema.additionalProperties === undefined, path)
  }
})

test('nothing is written into stored objects but the defaults that the published CRDs have', () => {
  const defaults = places.filter(({ schema }) => schema.default !== undefined)
  const kinds = new Set(defaults.map(({ path, schema }) => `${path.split('.').at(-1)}: ${schema.default}`))
  assert.deepEqual([...kinds].toSorted(), [
    'apiVersion: v1',
    'interval: 5m',
    'name: ',
    'protocol: TCP',
    'requestTimeout: 10s',
  ])
})

test('every key of a list that is merged by key is required or has a default', () => {
  for (const { path, schema } of places) {
    for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
      const item = schema.items
      const given = item?.required?.includes(key) || item?.properties?.[key]?.default !== undefined
      assert.ok(given, `${path} has the key ${key}`)
    }
  }
})

test('a pod template has the schema of Kubernetes, open where new kinds of values appear', () => {
  const schemaAt = (path: string): StructuralSchema | undefined => places.find((place) => place.path === path)?.schema
  const spec = 'Rollout.spec.template.spec'
  assert.deepEqual(schemaAt(`${spec}.containers`)?.['x-kubernetes-list-map-keys'], ['name'])
  assert.equal(schemaAt(`${spec}.containers[].imagePullPolicy`)?.type, 'string')
  const open = { 'x-kubernetes-preserve-unknown-fields': true }
  for (const path of ['volumes', 'containers[].resources.limits', 'initContainers[].resources.requests']) {
    assert.deepEqual(schemaAt(`${spec}.${path}`), open, path)
  }
  assert.deepEqual(Object.keys(schemaAt('Rollout.spec.template.metadata')?.properties ?? {}), ['annotations', 'labels'])
  assert.equal(schemaAt('AnalysisRun.spec.metrics[].provider.job.spec.template.spec.containers[].name')?.type, 'string')
})

test('the selector of a Rollout cannot be changed', () => {
  const selector = places.find(({ path }) => path === 'Rollout.spec.selector')?.schema
  assert.deepEqual(selector?.['x-kubernetes-validations'], [
    { rule: 'self == oldSelf', message: '.spec.selector is immutable' },
  ])
})
