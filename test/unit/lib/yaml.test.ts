import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatGoYaml,
  formatYaml,
  formatYamlDocuments,
  parseYaml,
  parseYamlDocuments,
  YamlError,
} from '../../../src/lib/yaml.ts'

const faultOf = (text: string): YamlError => {
  try {
    parseYamlDocuments(text)
  } catch (error) {
    assert.ok(error instanceof YamlError)
    return error
  }
  throw new Error('the text was accepted')
}

test('scalars have the types that the API server sees', () => {
  const cases: [text: string, value: unknown][] = [
    ['2026-01-01', '2026-01-01'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['1:30', '1:30'],
    ['yes', 'yes'],
    ['true', true],
    ['~', null],
    ['10', 10],
    ['1.5', 1.5],
    ['0x1f', 31],
    ['"10"', '10'],
    ['5m', '5m'],
  ]
  for (const [text, value] of cases) assert.deepEqual(parseYaml(`x: ${text}`), { x: value }, text)
})

test('a leading zero means octal, as kubectl reads file modes', () => {
  assert.deepEqual(parseYaml('[0644, 0o644, -017, 0, 08]'), [420, 420, -15, 0, 8])
})

test('merge keys are merged, and what is written beside them wins', () => {
  const text = 'base: &base {cpu: 1, memory: 2}\nmore:\n  <<: *base\n  memory: 3\n'
  assert.deepEqual(parseYaml(text), { base: { cpu: 1, memory: 2 }, more: { cpu: 1, memory: 3 } })
})

test('aliased parts are separate copies', () => {
  const value = parseYaml('a: &a {n: 1}\nb: *a\n')
  assert.ok(value !== null && typeof value === 'object' && !Array.isArray(value))
  assert.deepEqual(value.a, value.b)
  assert.notEqual(value.a, value.b)
})

test('several documents are read in order, empty ones left out', () => {
  assert.deepEqual(parseYamlDocuments('# only a comment\n---\na: 1\n---\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }])
  assert.deepEqual(parseYamlDocuments(''), [])
  assert.equal(parseYaml(''), null)
})

test('JSON is YAML', () => {
  assert.deepEqual(parseYaml('{"a": [1, "x", null, true]}'), { a: [1, 'x', null, true] })
})

test('a fault names its line and column, and shows the lines around it', () => {
  const fault = faultOf('a: 1\nb: 2\na: 3\n')
  assert.equal(fault.message, 'line 3, column 1: duplicated mapping key')
  assert.equal(fault.line, 3)
  assert.equal(fault.column, 1)
  assert.match(fault.snippet, /3 \| a: 3/)
})

test('an argument that was not quoted is named where it stands', () => {
  const fault = faultOf('# {{ in a comment\nargs:\n- name: host\n  value: {{args.host}}\n')
  assert.equal(fault.message, 'line 4, column 10: a value that begins with {{ must be quoted')
  assert.match(faultOf('? [a, b]\n: 1').message, /complex keys/)
})

test('an unknown tag is a fault, not a value', () => {
  assert.match(faultOf('a: !Ref x').message, /^line 1, column 4: unknown scalar tag/)
})

test('several documents where one belongs are a fault', () => {
  assert.throws(() => parseYaml('a: 1\n---\nb: 2\n'), /the text has several/)
})

test('numbers that JSON does not have are a fault', () => {
  assert.match(faultOf('a: .inf').message, /quote it/)
})

test('aliases can make neither a circle nor a tree that fills the memory', () => {
  assert.match(faultOf('a: &a [*a]').message, /write the repeated parts out/)
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'x' : `*a${level - 1}`
    return `a${level}: &a${level} [${Array(10).fill(item).join(', ')}]`
  })
  assert.match(faultOf(levels.join('\n')).message, /write the repeated parts out/)
})

test('a key named __proto__ is a key like any other', () => {
  const value = parseYaml('__proto__: {polluted: true}')
  assert.deepEqual(Object.keys(value ?? {}), ['__proto__'])
  assert.equal(Object.hasOwn({}, 'polluted'), false)
})

test('text that other parsers would take for something else is quoted', () => {
  assert.equal(
    formatYaml({ a: 'yes', b: '0644', c: '2026-01-01', d: '12:30' }),
    "a: 'yes'\nb: '0644'\nc: '2026-01-01'\nd: '12:30'\n",
  )
})

test('quotes are those of Go where asked for: double for other types, single for signs that mean something', () => {
  const others = { empty: '', truth: 'yes', number: '1e3', time: '2026-01-01T00:00:00Z', nothing: '~', octal: '010' }
  const signs = { colon: 'x: y', last: 'a:', dash: '- a', only: '-', template: '{{.x}}', blank: ' x' }
  const lines = [
    ...['empty: ""', 'truth: "yes"', 'number: "1e3"', 'time: "2026-01-01T00:00:00Z"', 'nothing: "~"', 'octal: "010"'],
    ...["colon: 'x: y'", "last: 'a:'", "dash: '- a'", "only: '-'", "template: '{{.x}}'", "blank: ' x'"],
  ]
  assert.equal(formatGoYaml({ ...others, ...signs }), `${lines.join('\n')}\n`)
})

test('long lines are not folded, shared parts are written out, lists stand below their key', () => {
  const shared = { name: 'x' }
  const long = 'word '.repeat(60).trim()
  assert.equal(formatYaml({ long, items: [shared, shared] }), `long: ${long}\nitems:\n- name: x\n- name: x\n`)
})

test('several documents are written with a separator', () => {
  assert.equal(formatYamlDocuments([{ a: 1 }, { b: 2 }]), 'a: 1\n---\nb: 2\n')
})

test('what is written is read back as it was', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(json, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value))
      assert.deepEqual(parseYaml(formatYaml(plain)), plain)
    }),
    { numRuns: 300 },
  )
})
