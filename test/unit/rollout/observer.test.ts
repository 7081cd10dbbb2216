import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Observer, type Question } from '../../../src/rollout/observer.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

/** A question that is answered when the test says so. */
const pending = (id: string) => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const asked: { last: string | undefined; signal: AbortSignal }[] = []
  const question: Question<string> = {
    id,
    ask: (last, signal) => {
      asked.push({ last, signal })
      signal.addEventListener('abort', () => reject(signal.reason))
      return promise
    },
  }
  return { question, asked, resolve, reject }
}

const answered = (id: string, answer: string): Question<string> => ({ id, ask: async () => answer })
const failing = (id: string): Question<string> => ({ id, ask: async () => Promise.reject(new Error('down')) })

const observerOn = (clock: ManualClock, limit = 16) => {
  const news: string[] = []
  const observer = new Observer<string>({ clock, timeoutMs: 30_000, limit, onReply: (key) => news.push(key) })
  return { observer, news, of: (key: string) => observer.observed(key).get('t') }
}

describe('an observer', () => {
  it('tells what was answered, once as news, and keeps it', async () => {
    const clock = new ManualClock()
    const { observer, news, of } = observerOn(clock)
    observer.ask('web', 't', answered('q', 'yes'))
    assert.equal(of('web')?.asking, 'q')
    await clock.settle()
    assert.deepEqual(news, ['web'])
    const { reply } = of('web') ?? {}
    assert.deepEqual([reply?.answer, reply?.isNews], ['yes', true])
    observer.told('web', observer.observed('web'))
    assert.equal(of('web')?.reply?.isNews, false)
    assert.equal(clock.pendingTimers, 0)
  })

  it('takes another answer to the same question for news, and the same one for none', async () => {
    const clock = new ManualClock()
    const { observer, of } = observerOn(clock)
    const told: unknown[] = []
    for (const answer of ['no', 'no', 'yes']) {
      observer.ask('web', 't', answered('q', answer))
      await clock.settle()
      told.push(of('web')?.reply?.isNews)
    }
    assert.deepEqual(told, [true, false, true])
  })

  it('asks the same question once at a time', async () => {
    const { observer } = observerOn(new ManualClock())
    const { question, asked } = pending('q')
    observer.ask('web', 't', question)
    await new ManualClock().settle()
    observer.ask('web', 't', question)
    await new ManualClock().settle()
    assert.equal(asked.length, 1)
  })

  it('gives up a question for another one, which begins when the first has ended', async () => {
    const clock = new ManualClock()
    const { observer, news, of } = observerOn(clock)
    const { promise: end, resolve: endFirst } = Promise.withResolvers<string>()
    let firstSignal: AbortSignal | undefined
    observer.ask('web', 't', {
      id: 'first',
      ask: (_last, signal) => {
        firstSignal = signal
        return end
      },
    })
    await clock.settle()
    const second = pending('second')
    observer.ask('web', 't', second.question)
    await clock.settle()
    assert.equal(firstSignal?.aborted, true)
    assert.equal(second.asked.length, 0, 'the first is still on its way')
    endFirst('late')
    await clock.settle()
    assert.equal(second.asked.length, 1)
    assert.deepEqual(news, [], 'nobody wants to know what was answered to the first')
    second.resolve('new')
    await clock.settle()
    assert.equal(of('web')?.reply?.answer, 'new')
  })

  it('keeps the last good answer while a question that is asked again fails, and counts the failures', async () => {
    const clock = new ManualClock()
    const { observer, of } = observerOn(clock)
    for (const question of [answered('q', 'yes'), failing('q'), failing('q')]) {
      observer.ask('web', 't', question)
      await clock.settle()
    }
    const { reply } = of('web') ?? {}
    assert.deepEqual([reply?.answer, reply?.error, reply?.failures], ['yes', 'down', 2])
    observer.ask('web', 't', failing('other'))
    await clock.settle()
    assert.deepEqual([of('web')?.reply?.answer, of('web')?.reply?.failures], [undefined, 1])
  })

  it('does not take the answer to an earlier question for one of now, when it comes back to it', async () => {
    const clock = new ManualClock()
    const { observer, of } = observerOn(clock)
    observer.ask('web', 't', answered('first', 'yes'))
    await clock.settle()
    observer.ask('web', 't', pending('second').question)
    await clock.settle()
    observer.ask('web', 't', pending('first').question)
    await clock.settle()
    assert.deepEqual([of('web')?.asking, of('web')?.reply], ['first', undefined])
  })

  it('waits for an answer as long as it may', async () => {
    const clock = new ManualClock()
    const { observer, of } = observerOn(clock)
    observer.ask('web', 't', pending('q').question)
    await clock.advance(29_999)
    assert.equal(of('web')?.reply, undefined)
    await clock.advance(1)
    assert.match(of('web')?.reply?.error ?? '', /no answer within 30000 ms/)
  })

  it('asks a bounded number of questions at a time', async () => {
    const clock = new ManualClock()
    const { observer } = observerOn(clock, 2)
    const questions = ['a', 'b', 'c'].map(pending)
    for (const [index, { question }] of questions.entries()) observer.ask(`web-${index}`, 't', question)
    await clock.settle()
    assert.deepEqual(
      questions.map(({ asked }) => asked.length),
      [1, 1, 0],
    )
    questions[0]?.resolve('done')
    await clock.settle()
    assert.equal(questions[2]?.asked.length, 1)
  })

  it('forgets an object, and everything when it stops', async () => {
    const clock = new ManualClock()
    const { observer, news } = observerOn(clock)
    const [gone, stopped] = [pending('q'), pending('q')]
    observer.ask('gone', 't', gone.question)
    observer.ask('there', 't', stopped.question)
    await clock.settle()
    observer.forget('gone')
    observer.stop()
    observer.ask('late', 't', answered('q', 'yes'))
    await clock.settle()
    assert.ok(gone.asked[0]?.signal.aborted && stopped.asked[0]?.signal.aborted)
    assert.deepEqual([news, observer.observed('gone').size, clock.pendingTimers], [[], 0, 0])
  })
})
