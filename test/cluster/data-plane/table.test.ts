import assert from 'node:assert/strict'
import { it } from 'node:test'

import { tableOf } from './table.ts'

it('a table tells for each step what was sent, who answered and what failed', () => {
  const good = {
    sent: 10,
    answered: new Map([
      ['1.0', 8],
      ['1.1', 2],
    ]),
    failed: new Map(),
  }
  const bad = { sent: 3, answered: new Map(), failed: new Map([['502 from the proxy', 3]]) }
  const text = tableOf('shop', [
    { step: 'at weight', weight: '20 %', counts: good },
    { step: 'abort', weight: '', counts: bad },
  ])
  assert.equal(
    text,
    [
      'shop',
      '  step       weight  sent  answered by     failed',
      '  at weight  20 %    10    1.0: 8, 1.1: 2  0',
      '  abort              3     -               3 (502 from the proxy: 3)',
    ].join('\n'),
  )
})
