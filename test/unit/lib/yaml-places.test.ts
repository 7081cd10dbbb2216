import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { yamlPlaces } from '../../../src/lib/yaml.ts'

describe('the place of a value in a text', () => {
  const text = `# first
a: 1
b:
  - x: {y: 2}
  - z
---
---
"d e":
    f: &again {g: 1}
    h: *again
`
  const cases: readonly (readonly [string, number, readonly (string | number)[], string])[] = [
    ['is that of its key', 0, ['a'], '2:1'],
    ['in a list is that of the item', 0, ['b', 1], '5:5'],
    ['is found at any depth', 0, ['b', 0, 'x', 'y'], '4:9'],
    ['is found behind documents that are empty', 1, ['d e', 'f', 'g'], '9:16'],
    ['that an alias repeats is that of the alias', 1, ['d e', 'h', 'g'], '10:5'],
    ['that is not there is that of what would hold it', 0, ['b', 7, 'x'], '3:1'],
    ['without a path is that of the document', 1, [], '8:1'],
  ]
  for (const [what, document, path, place] of cases) {
    it(what, () => {
      const { line, column } = yamlPlaces(text)(document, path)
      assert.equal(`${line}:${column}`, place)
    })
  }

  it('is found in JSON too', () => {
    assert.deepEqual(yamlPlaces('{"a":\n {"b": [1, 2]}}')(0, ['a', 'b', 1]), { line: 2, column: 12 })
  })
})
