import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KeyedHeap } from '../../../src/lib/keyed-heap.ts'

const drain = (heap: KeyedHeap<string>): string[] => {
  const keys: string[] = []
  for (let top = heap.peek(); top; top = heap.peek()) {
    keys.push(top.key)
    heap.delete(top.key)
  }
  return keys
}

describe('a keyed heap', () => {
  it('gives keys by priority, equal ones in the order of their coming', () => {
    const heap = new KeyedHeap<string>()
    for (const [key, priority] of [
      ['c', 2],
      ['a', 1],
      ['d', 2],
      ['b', 1],
    ] as const)
      heap.set(key, priority)
    assert.deepEqual(drain(heap), ['a', 'b', 'c', 'd'])
  })

  it('holds a key once, at its last priority', () => {
    const heap = new KeyedHeap<string>()
    heap.set('a', 1)
    heap.set('b', 2)
    heap.set('a', 3)
    assert.equal(heap.size, 2)
    assert.equal(heap.priorityOf('a'), 3)
    assert.deepEqual(drain(heap), ['b', 'a'])
  })

  it('is in order whatever is set and deleted', () => {
    const step = fc.tuple(fc.constantFrom('set', 'delete'), fc.nat(20).map(String), fc.nat(50))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new KeyedHeap<string>()
        const model = new Map<string, number>()
        for (const [action, key, priority] of steps) {
          if (action === 'set') {
            heap.set(key, priority)
            model.set(key, priority)
          } else {
            assert.equal(heap.delete(key), model.delete(key))
          }
          assert.equal(heap.size, model.size)
          assert.equal(heap.peek()?.priority, model.size === 0 ? undefined : Math.min(...model.values()))
        }
        const priorities = drain(heap).map((key) => model.get(key) ?? Number.NaN)
        assert.deepEqual(
          priorities,
          [...model.values()].sort((a, b) => a - b),
        )
      }),
    )
  })
})
