import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Topic, type Viewer } from '../../../../src/server/dashboard/topic.ts'

class Reader implements Viewer {
  readonly heard: string[] = []

  offer(_key: string, text: string): void {
    this.heard.push(text)
  }

  end(): void {
    this.heard.push('end')
  }
}

const texts = new Map<string, string>()
let asked: string[]

const topic = (endsWhenGone = false): Topic =>
  new Topic({
    tell: (name) => {
      asked.push(name)
      return texts.get(name)
    },
    tellGone: (name) => `${name} is gone`,
    endsWhenGone,
  })

const setUp = (): void => {
  asked = []
  texts.clear()
  texts.set('web', 'web at 25')
}

describe('a topic', () => {
  beforeEach(setUp)

  it('puts a change into words once, for all who follow', () => {
    const one = topic()
    const readers = [new Reader(), new Reader()]
    for (const reader of readers) one.join(reader)
    one.update('web')
    assert.deepEqual(asked, ['web'])
    for (const { heard } of readers) assert.deepEqual(heard, ['web at 25'])
  })

  it('tells who comes later what is so', () => {
    const one = topic()
    one.update('web')
    const late = new Reader()
    one.join(late)
    assert.deepEqual(late.heard, ['web at 25'])
  })

  it('does not repeat itself', () => {
    const one = topic()
    const reader = new Reader()
    one.join(reader)
    one.update('web')
    one.update('web')
    assert.deepEqual(reader.heard, ['web at 25'])
  })

  it('tells that a Rollout is gone, and is silent about one that never was', () => {
    const one = topic()
    const reader = new Reader()
    one.join(reader)
    one.update('nobody')
    one.update('web')
    texts.delete('web')
    one.update('web')
    assert.deepEqual(reader.heard, ['web at 25', 'web is gone'])
  })

  it('is over with the only Rollout it is about', () => {
    const one = topic(true)
    const reader = new Reader()
    one.update('web')
    one.join(reader)
    texts.delete('web')
    one.update('web')
    assert.deepEqual(reader.heard, ['web at 25', 'web is gone', 'end'])
  })

  it('tells nothing to who has left', () => {
    const one = topic()
    const reader = new Reader()
    one.join(reader)
    one.leave(reader)
    one.update('web')
    assert.deepEqual([reader.heard, one.isFollowed], [[], false])
  })
})
