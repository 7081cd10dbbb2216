import assert from 'node:assert/strict'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal } from '../client.ts'
import { widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

/** A spec that is refused, and what is said about which field. */
const refused: readonly (readonly [string, JsonObject, readonly (readonly [string, string])[]])[] = [
  ['a missing field', { template: undefined }, [['spec.template', 'Required value']]],
  [
    'a value of the wrong type',
    { replicas: '3' },
    [['spec.replicas', 'Invalid value: "string": spec.replicas in body must be of type integer: "string"']],
  ],
  [
    'a number below its minimum',
    { replicas: -1 },
    [['spec.replicas', 'Invalid value: -1: spec.replicas in body should be greater than or equal to 0']],
  ],
  [
    'a value that is not in the list',
    { mode: 'c' },
    [['spec.mode', 'Unsupported value: "c": supported values: "a", "b"']],
  ],
  ['a text that is too long', { template: 'abcdef' }, [['spec.template', 'Too long: may not be more than 5 bytes']]],
  [
    'a text that is too short',
    { template: 'a' },
    [['spec.template', 'Invalid value: "a": spec.template in body should be at least 2 chars long']],
  ],
  [
    'a text of another form',
    { template: 'ABC' },
    [['spec.template', `Invalid value: "ABC": spec.template in body should match '^[a-z]+$'`]],
  ],
  [
    'a fraction where an integer or a string is due',
    { surge: 1.5 },
    [['spec.surge', 'Invalid value: "number": spec.surge in body must be of type integer,string: "number"']],
  ],
  [
    'a field deep inside',
    { steps: [{ setWeight: 1 }, { setWeight: 101 }] },
    [
      [
        'spec.steps[1].setWeight',
        'Invalid value: 101: spec.steps[1].setWeight in body should be less than or equal to 100',
      ],
    ],
  ],
  [
    'two items with the same keys',
    { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] },
    [['spec.ports[1]', 'Duplicate value: {"port":1,"protocol":"TCP"}']],
  ],
]

const refusedCases = refused.map(
  ([what, spec, expected]): ContractCase => ({
    name: `refuses ${what}`,
    async run(client) {
      const error = await refusal(client.create(widgets, widget('a', spec)))
      assert.equal(error.code, 422)
      assert.equal(error.reason, 'Invalid')
      const causes = error.causes.map(({ field, message }) => `${field}: ${message}`)
      for (const [field, message] of expected) assert.ok(causes.includes(`${field}: ${message}`), causes.join('\n'))
    },
  }),
)

/** What follows from the schema of a CRD. */
export const customResourceCases: readonly ContractCase[] = [
  ...refusedCases,
  {
    name: 'fills in defaults and drops unknown fields',
    async run(client) {
      const created = await client.create(widgets, widget('a', { unknown: 1, ports: [{ port: 80 }] }))
      assert.deepEqual(created.spec, { template: 'abc', mode: 'a', ports: [{ port: 80, protocol: 'TCP' }] })
    },
  },
  {
    name: 'keeps unknown fields where the schema says so',
    async run(client) {
      const open = { anything: { goes: [1, 'two', null, true] } }
      assert.deepEqual(objectOr((await client.create(widgets, widget('a', { open }))).spec).open, open)
    },
  },
  {
    name: 'takes an integer or a string where both are allowed',
    async run(client) {
      assert.equal(objectOr((await client.create(widgets, widget('a', { surge: 1 }))).spec).surge, 1)
      assert.equal(objectOr((await client.create(widgets, widget('b', { surge: '25%' }))).spec).surge, '25%')
    },
  },
  {
    name: 'refuses unknown fields of a strict request, all at once',
    async run(client) {
      const body = widget('a', { one: 1, steps: [{ setWeight: 1, two: 2 }] })
      const error = await refusal(client.create(widgets, body, { fieldValidation: 'Strict' }))
      assert.equal(error.code, 400)
      assert.equal(
        error.serverMessage,
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.one", unknown field "spec.steps[0].two"',
      )
    },
  },
  {
    name: 'lets a field with an immutability rule be set, but not changed',
    async run(client) {
      await client.create(widgets, widget('a'))
      await client.patch(widgets, 'a', { spec: { selector: { matchLabels: { a: 'b' } } } })
      const error = await refusal(client.patch(widgets, 'a', { spec: { selector: { matchLabels: { a: 'c' } } } }))
      assert.equal(error.code, 422)
      assert.equal(
        error.serverMessage,
        'Widget.contract.example.com "a" is invalid: spec.selector: Invalid value: "object": .spec.selector is immutable',
      )
    },
  },
  {
    name: 'refuses a name that is no DNS name',
    async run(client) {
      const error = await refusal(client.create(widgets, widget('No_Name')))
      assert.equal(error.code, 422)
      assert.equal(error.causes[0]?.field, 'metadata.name')
    },
  },
  {
    name: 'refuses an object of another kind',
    async run(client) {
      const error = await refusal(client.create(widgets, { ...widget('a'), kind: 'Gadget' }))
      assert.equal(error.code, 422)
      assert.deepEqual(error.causes[0]?.field, 'kind')
      const version = await refusal(client.create(widgets, { ...widget('a'), apiVersion: 'contract.example.com/v2' }))
      assert.equal(version.code, 400)
    },
  },
  {
    name: 'wants the resourceVersion in a replacement of a custom resource',
    async run(client) {
      const created = await client.create(widgets, widget('a'))
      const { resourceVersion: _version, ...metadata } = objectOr(created.metadata)
      const error = await refusal(client.put(widgets, { ...created, metadata }))
      assert.equal(error.code, 422)
      assert.equal(error.causes[0]?.message, 'Invalid value: 0: must be specified for an update')
    },
  },
]
