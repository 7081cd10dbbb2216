import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { findAll } from '../../../../src/lib/json-path/find.ts'
import { parseJsonPath } from '../../../../src/lib/json-path/parse.ts'
import { JsonPathError } from '../../../../src/lib/json-path/template.ts'

const document: Json = {
  n: 5,
  s: 'text',
  nul: null,
  arr: [1, 2, 3, 4],
  empty: [],
  objs: [
    { name: 'a', v: 1, tags: ['x'] },
    { name: 'b', v: 2.5, ok: true },
    { name: 'c', v: 3 },
  ],
  o: { z: 1, a: { k: 'v' } },
  'dash-key': 7,
  'dot.key': 8,
}

const find = (path: string, data: Json = document): Json[] => findAll(parseJsonPath(path), data)

describe('a JSONPath in the dialect of Kubernetes finds', () => {
  const rows: readonly (readonly [string, Json[]])[] = [
    ['{$}', [document]],
    ['{}', [document]],
    ['{$.n}', [5]],
    ['{.n}', [5]],
    ["{$['dash-key']}", [7]],
    ['{$.dot\\.key}', [8]],
    ["{$['dot\\.key']}", [8]],
    ['{$.nul}', [null]],
    ['{$.o.a.k}', ['v']],
    ['{$.o.*}', [{ k: 'v' }, 1]],
    ['{$.arr[0]}', [1]],
    ['{$.arr[-1]}', [4]],
    ['{$.arr[1:3]}', [2, 3]],
    ['{$.arr[0:4:2]}', [1, 3]],
    ['{$.arr[:2]}', [1, 2]],
    ['{$.arr[2:]}', [3, 4]],
    ['{$.arr[*]}', [1, 2, 3, 4]],
    ['{$.arr[0,2]}', [1, 3]],
    ["{$.objs[0]['name','v']}", ['a', 1]],
    ['{$.objs[*].name}', ['a', 'b', 'c']],
    ['{$.objs[?(@.name=="b")].v}', [2.5]],
    ["{$.objs[?(@.name!='b')].v}", [1, 3]],
    ['{$.objs[?(@.v>1.5)].name}', ['b', 'c']],
    ['{$.objs[?(@.v<=2.5)].name}', ['a', 'b']],
    ['{$.objs[?(@.tags)].name}', ['a']],
    ["{$.objs[?(@.name=='(')].v}", []],
    ['{$..k}', ['v']],
    ['{$..name}', ['a', 'b', 'c']],
    ['{$.empty[*]}', []],
    ['$.n', ['$.n']],
    ['n is {$.n}!', ['n is ', 5, '!']],
    ["{'it''s\\n'}", ['s\n']],
    ['{range .objs[*]}{.name}={.v};{end}', ['a', '=', 1, ';', 'b', '=', 2.5, ';', 'c', '=', 3, ';']],
    ['{range .arr[0:2]}{range $}{$}{end}{end}', [1, 2]],
  ]
  for (const [path, found] of rows) {
    it(`${JSON.stringify(found).slice(0, 60)} with ${path}`, () => assert.deepEqual(find(path), found))
  }
})

describe('a JSONPath that finds nothing says what is missing', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['{$.missing}', 'missing is not found'],
    ['{$.s.x}', 'x is not found'],
    ['{$.objs.name}', 'name is not found'],
    ["{$['sp key']}", 'sp is not found'],
    ['{$.nul.x}', 'x is not found'],
    ['{$.constructor}', 'constructor is not found'],
    ['{$.arr[9]}', 'array index out of bounds: index 9, length 4'],
    ['{$.arr[0:9]}', 'array index out of bounds: index 8, length 4'],
    ['{$.arr[3:1]}', 'starting index 3 is greater than ending index 1'],
    ['{$.arr[0:2:0]}', 'step must be > 0'],
    ['{$.n[0]}', 'float64 is not array or slice'],
    ['{$.o[0]}', 'map[string]interface {} is not array or slice'],
    ['{$.objs[?(@.v>1)].name}', 'incompatible types for comparison'],
    ['{$.objs[?(@.v=>1.0)].name}', 'unrecognized filter operator =>'],
    ['{$.objs[?(@.ok==true)].name}', 'ok is not found'],
    ['{$.o[?(@.z)]}', 'map[a:map[k:v] z:1] is not array or slice and cannot be filtered'],
    ['{$.s[?(@.z)]}', 'text is not array or slice and cannot be filtered'],
    ['{n}', 'unrecognized identifier n'],
    ['{end}', 'not in range, nothing to end'],
  ]
  for (const [path, message] of rows) {
    it(`${path}: ${message}`, () => assert.throws(() => find(path), new JsonPathError(message)))
  }
})

describe('a JSONPath that does not parse says why', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['{$.', 'unclosed action'],
    ['{$.n', 'unclosed action'],
    ['{$.arr[0', 'unterminated array'],
    ['{$.arr[x]}', 'invalid array index x'],
    ['{$.arr[-]}', 'array index - is not a number'],
    ['{$.objs[?(@.a==1}', 'unterminated filter'],
    ['{$.objs[?(@.a==1)}', 'unclosed array expect ]'],
    ["{'abc}", 'unterminated quoted string'],
    ['{$....a}', 'invalid multiple recursive descent'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
  ]
  for (const [path, message] of rows) {
    it(`${path}: ${message}`, () => assert.throws(() => parseJsonPath(path), new JsonPathError(message)))
  }
})
