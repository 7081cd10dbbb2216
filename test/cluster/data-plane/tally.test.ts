import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { createTally, total } from './tally.ts'

describe('counting requests', () => {
  it('counts a request where it was sent, whenever its answer comes', () => {
    const tally = createTally('before', () => 0)
    const late = tally.send()
    const next = tally.begin('after')
    const early = tally.send()
    early({ version: '1.1' })
    late({ version: '1.0', failure: '500 from 1.0' })
    const [before] = tally.windows()
    assert.deepEqual(before?.counts(), {
      sent: 1,
      answered: new Map([['1.0', 1]]),
      failed: new Map([['500 from 1.0', 1]]),
    })
    assert.deepEqual(next.counts(), { sent: 1, answered: new Map([['1.1', 1]]), failed: new Map() })
  })

  it('knows what has no outcome yet', () => {
    const tally = createTally('all', () => 0)
    const [window] = tally.windows()
    const settle = tally.send()
    tally.send()
    assert.equal(window?.finished(), 0)
    settle({ failure: 'socket hang up' })
    assert.equal(window?.finished(), 1)
    assert.equal(window?.counts().sent, 2)
  })

  it('keeps the counts of every second', () => {
    let now = 5000
    const tally = createTally('all', () => now)
    tally.send()({ version: '1.0' })
    now = 6999
    tally.send()({ version: '1.0' })
    tally.send()({ failure: 'no answer in time' })
    const seconds = [...tally.seconds()].map(([second, { sent }]) => [second, sent])
    assert.deepEqual(seconds, [
      [0, 1],
      [1, 2],
    ])
  })

  it('adds up windows by version and by reason', () => {
    const one = { sent: 2, answered: new Map([['1.0', 1]]), failed: new Map([['reset', 1]]) }
    const other = { sent: 3, answered: new Map([['1.0', 2]]), failed: new Map([['reset', 1]]) }
    assert.deepEqual(total([one, other]), { sent: 5, answered: new Map([['1.0', 3]]), failed: new Map([['reset', 2]]) })
  })
})
