import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { beforeEach, describe, it } from 'node:test'
import { EventStream } from '../../../../src/server/dashboard/event-stream.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'

/** What a stream is written to: a connection whose other side reads when it is told to. */
class Connection extends Writable {
  readonly got: string[] = []
  #stuck: (() => void) | undefined
  #reads = true

  constructor() {
    super({ highWaterMark: 1 })
  }

  writeHead(): this {
    return this
  }

  flushHeaders(): void {}

  stall(): void {
    this.#reads = false
  }

  readOn(): void {
    this.#reads = true
    this.#stuck?.()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.got.push(chunk.toString())
    if (this.#reads) done()
    else this.#stuck = done
  }
}

let clock: ManualClock
let connection: Connection
let stream: EventStream

const setUp = (): void => {
  clock = new ManualClock()
  connection = new Connection()
  stream = new EventStream(connection as unknown as ServerResponse, clock, 'events')
}

describe('the stream of a viewer', () => {
  beforeEach(setUp)

  it('writes events', async () => {
    stream.offer('web', '{"a":1}')
    await clock.settle()
    assert.deepEqual(connection.got, ['data: {"a":1} \n\n'])
  })

  it('keeps for a slow reader the newest state alone', async () => {
    connection.stall()
    for (const text of ['1', '2', '3', '4']) stream.offer('web', text)
    stream.offer('shop', '5')
    connection.readOn()
    await clock.settle()
    assert.deepEqual(connection.got, ['data: 1 \n\n', 'data: 4 \n\n', 'data: 5 \n\n'])
  })

  it('ends after what is still to be read', async () => {
    connection.stall()
    stream.offer('web', '1')
    stream.offer('web', '2')
    stream.end()
    connection.readOn()
    await stream.closed
    assert.deepEqual(connection.got, ['data: 1 \n\n', 'data: 2 \n\n'])
    assert.equal(clock.pendingTimers, 0)
  })

  it('says every 15 seconds that it is alive', async () => {
    await clock.advance(31_000)
    assert.deepEqual(connection.got, [':\n\n', ':\n\n'])
  })

  it('gives up a reader who has read nothing for a minute', async () => {
    connection.stall()
    stream.offer('web', '1')
    await clock.advance(59_000)
    assert.equal(connection.destroyed, false)
    await clock.advance(1_000)
    assert.equal(connection.destroyed, true)
    await stream.closed
    assert.equal(clock.pendingTimers, 0)
  })
})
