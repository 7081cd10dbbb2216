import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileTemplate } from '../../../src/go-template/template.ts'

const sources = { now: () => 0, random: () => 0.5 }

const render = (text: string, data: unknown = {}): string => compileTemplate(text, 'greeting').render(data, sources)

describe('a template that would take too much', () => {
  it('ends when it takes too many steps', () => {
    assert.throws(() => render('{{ range 100000000 }}{{ end }}{{ range 100000000 }}{{ $x := . }}{{ end }}'), {
      name: 'TemplateError',
      message: /takes more than 100000 steps$/,
    })
  })

  it('ends when it writes too much, or asks a function for too much', () => {
    const wide = `{{ range 20000 }}${'0123456789'.repeat(10)}{{ end }}`
    assert.throws(() => render(wide), { message: /writes more than 1048576 characters$/ })
    for (const text of [
      '{{ repeat 9999999 "ab" }}',
      '{{ until 99999999 }}',
      '{{ indent 9999999 "x" }}',
      '{{ printf "%9999999d" 1 }}',
    ])
      assert.throws(() => render(text), { message: /longer than 1048576 characters$/ })
  })

  it('ends when its functions handle too much together', () => {
    assert.throws(() => render('{{ range 100 }}{{ $x := repeat 100000 "x" }}{{ end }}'), {
      message: /handle more than 4194304 characters$/,
    })
  })

  it('ends when templates call each other without end', () => {
    assert.throws(() => render('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'), {
      message: /exceeded maximum template depth \(200\)$/,
    })
  })

  it('is refused when it nests too deeply', () => {
    const deep = `${'{{ if true }}'.repeat(2000)}${'{{ end }}'.repeat(2000)}`
    for (const text of [deep, `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`])
      assert.throws(() => render(text), { name: 'TemplateError', message: /max expression depth exceeded$/ })
  })

  it('takes linear time for patterns that make others backtrack', () => {
    assert.equal(render('{{ regexFind "(a+)+b" .text }}', { text: 'a'.repeat(2000) }), '')
  })
})

describe('what templates are given', () => {
  it('holds functions, which are called with values and answer JSON', () => {
    assert.equal(
      render('{{ (call .sum 1 2).total }}', { sum: (...terms: readonly unknown[]) => ({ total: terms.length }) }),
      '2',
    )
    const fails = () => {
      throw new Error('no such ticket')
    }
    assert.throws(() => render('{{ call .ticket }}', { ticket: fails }), {
      message: 'template: greeting:1:3: executing "greeting" at <call .ticket>: error calling call: no such ticket',
    })
  })

  it('names the line of a mistake', () => {
    assert.throws(() => render('one\ntwo {{ .a.b.c }}', { a: { b: 'x' } }), { name: 'TemplateError', line: 2 })
    assert.throws(() => compileTemplate('one\ntwo\n{{ if }}', 'greeting'), {
      message: 'template: greeting:3: missing value for if',
      line: 3,
    })
  })

  it('does not show functions that make keys or read the environment', () => {
    assert.throws(() => render('{{ genPrivateKey "rsa" }}'), {
      message: /error calling genPrivateKey: not available in templates/,
    })
    assert.throws(() => render('{{ env "HOME" }}'), { message: /function "env" not defined$/ })
  })

  it('gets its chance from outside', () => {
    assert.equal(
      render('{{ randInt 0 10 }} {{ randNumeric 3 }} {{ uuidv4 }}'),
      '5 555 88888888-8888-4888-a888-888888888888',
    )
    assert.equal(render('{{ now | unixEpoch }} {{ ago (int64 -60) }}'), '0 1m0s')
  })
})
