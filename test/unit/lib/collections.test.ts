import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Fifo } from '../../../src/lib/fifo.ts'
import { LruMap } from '../../../src/lib/lru-map.ts'

describe('a fifo', () => {
  it('gives items in the order of their coming, however pushes and takes mix', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 12 }), (bursts) => {
        const fifo = new Fifo<number>()
        const model: number[] = []
        let pushed = 0
        for (const burst of bursts) {
          for (let count = 0; count < burst; count++) {
            fifo.push(pushed)
            model.push(pushed++)
          }
          for (let count = 0; count > burst; count--) assert.equal(fifo.take(), model.shift())
          assert.equal(fifo.size, model.length)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('a map that forgets', () => {
  it('forgets what was used longest ago', () => {
    const map = new LruMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    assert.equal(map.get('a'), 1)
    map.set('c', 3)
    assert.equal(map.get('b'), undefined)
    assert.deepEqual([map.get('a'), map.get('c'), map.size], [1, 3, 2])
  })

  it('does not grow by writing a key again', () => {
    const map = new LruMap<string, number>(2)
    for (let value = 0; value < 10; value++) map.set('a', value)
    assert.deepEqual([map.get('a'), map.size], [9, 1])
    map.delete('a')
    assert.equal(map.size, 0)
  })
})
