import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCsv } from '../../../../src/providers/influxdb/csv.ts'

describe('comma-separated values', () => {
  const texts: readonly (readonly [what: string, text: string, rows: readonly (readonly string[])[]])[] = [
    [
      'fields and rows',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'lines that end in CRLF, the last in nothing',
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty fields, also at the end',
      ',a,\n,,',
      [
        ['', 'a', ''],
        ['', '', ''],
      ],
    ],
    ['empty lines, which are no rows', '\r\na\r\n\r\nb\r\n', [['a'], ['b']]],
    ['quotes around commas, line breaks and quotes', '"a,b","c\r\nd","e""f"\n', [['a,b', 'c\r\nd', 'e"f']]],
    ['quotes within a field, which are text', 'a"b,"c"d\n', [['a"b', '"c"d']]],
    ['a quote that is never closed', 'a,"b,c\n', [['a', 'b,c\n']]],
    ['nothing', '', []],
  ]
  for (const [what, text, rows] of texts) it(`has ${what}`, () => assert.deepEqual(parseCsv(text), rows))

  it('takes a field of megabytes', () => {
    const long = 'x""'.repeat(1_000_000)
    assert.deepEqual(
      parseCsv(`"${long}",1`).map((row) => row.map(({ length }) => length)),
      [[2_000_000, 1]],
    )
  })
})
