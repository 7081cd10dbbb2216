import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  duplicate,
  type FieldError,
  forbidden,
  formatFieldError,
  formatFieldErrorBody,
  invalid,
  notSupported,
  required,
} from '../../../src/api/field-error.ts'

test('errors read as those of Kubernetes do', () => {
  const cases: [error: FieldError, text: string][] = [
    [invalid('spec.replicas', -1, 'must be positive'), 'spec.replicas: Invalid value: -1: must be positive'],
    [invalid('spec.dynamicStableScale', true, 'not here'), 'spec.dynamicStableScale: Invalid value: true: not here'],
    [invalid('spec.service', '', 'must be set'), 'spec.service: Invalid value: "": must be set'],
    [invalid('spec.alb', null, 'must be set'), 'spec.alb: Invalid value: null: must be set'],
    [
      invalid('spec.match', { exact: 'a', regex: 'b' }, 'one'),
      'spec.match: Invalid value: {"exact":"a","regex":"b"}: one',
    ],
    [required('spec.selector'), 'spec.selector: Required value'],
    [required('spec.selector', 'it is missing'), 'spec.selector: Required value: it is missing'],
    [forbidden('spec.values', 'may not be given'), 'spec.values: Forbidden: may not be given'],
    [duplicate('spec.containers[1].name', 'main'), 'spec.containers[1].name: Duplicate value: "main"'],
    [{ type: 'NotFound', field: 'spec.mount', badValue: 'data', detail: '' }, 'spec.mount: Not found: "data"'],
    [
      { type: 'Internal', field: 'spec.template', badValue: null, detail: 'broken' },
      'spec.template: Internal error: broken',
    ],
    [
      notSupported('spec.protocol', 'HTTP', ['UDP', 'TCP', 'SCTP']),
      'spec.protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
  ]
  for (const [error, text] of cases) assert.equal(formatFieldError(error), text)
})

test('text is quoted as Go quotes it: every script stays readable, control characters are named', () => {
  const cases: [value: string, quoted: string][] = [
    ['a "quoted" \\ name', '"a \\"quoted\\" \\\\ name"'],
    ['line\nend\ttab', '"line\\nend\\ttab"'],
    ['bell\u0007 nul\0', '"bell\\a nul\\x00"'],
    ['größe 大小 ✓', '"größe 大小 ✓"'],
    ['<b>&', '"<b>&"'],
    ['no\u00a0break', '"no\\u00a0break"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ]
  for (const [value, quoted] of cases) {
    assert.equal(formatFieldErrorBody(invalid('spec.name', value, '')), `Invalid value: ${quoted}`)
  }
})

test('objects are shown as Go writes JSON, with markup escaped', () => {
  assert.equal(
    formatFieldErrorBody(invalid('spec.match', { prefix: '<a&b>' }, '')),
    'Invalid value: {"prefix":"\\u003ca\\u0026b\\u003e"}',
  )
})

test('an error about the object as a whole has no path in front', () => {
  assert.equal(
    formatFieldError(invalid('', 'null', 'must be of type object')),
    'Invalid value: "null": must be of type object',
  )
})

test('a message is one line of printable text, whatever the value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      assert.match(formatFieldErrorBody(invalid('spec.name', value, '')), /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u)
    }),
  )
})
