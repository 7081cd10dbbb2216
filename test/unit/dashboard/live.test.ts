import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepLive } from '../../../src/dashboard/session/live.ts'
import { BrowserPorts } from '../../builders/browser-ports.ts'

const start = (ports = new BrowserPorts()) => {
  const links: string[] = []
  const heard: string[] = []
  const stop = keepLive(ports, 'watch', {
    opened: () => heard.push('opened'),
    message: (data) => heard.push(data),
    failed: () => heard.push('failed'),
    linkChanged: (link) => links.push(link),
  })
  return { ports, links, heard, stop }
}

test('a stream is opened, and its events are heard', () => {
  const { ports, links, heard } = start()
  ports.stream.opened()
  ports.stream.message('one')
  assert.deepEqual(links, ['connecting', 'live'])
  assert.deepEqual(heard, ['opened', 'one'])
})

test('a stream that breaks is opened again, later each time, up to eight seconds', () => {
  const { ports, links } = start()
  const waits = [500, 1000, 2000, 4000, 8000, 8000]
  for (const [index, wait] of waits.entries()) {
    ports.stream.failed()
    ports.advance(wait - 1)
    assert.equal(ports.streams.length, index + 1, `opened before ${wait} ms`)
    ports.advance(1)
    assert.equal(ports.streams.length, index + 2, `not opened after ${wait} ms`)
  }
  assert.equal(links.at(-2), 'waiting')
})

test('after a stream that was open the first wait is short again', () => {
  const { ports } = start()
  ports.stream.failed()
  ports.advance(500)
  ports.stream.opened()
  ports.stream.failed()
  ports.advance(500)
  assert.equal(ports.streams.length, 3)
})

test('a page that is hidden closes its stream, and opens it when it is seen again', () => {
  const { ports, links } = start()
  ports.setVisible(false)
  assert.equal(ports.stream.isOpen, true)
  ports.advance(500)
  assert.equal(links.at(-1), 'paused')
  assert.throws(() => ports.stream)
  ports.setVisible(true)
  assert.equal(ports.stream.isOpen, true)
})

test('a page that is hidden for a moment keeps its stream', () => {
  const { ports } = start()
  ports.setVisible(false)
  ports.setVisible(true)
  ports.advance(500)
  assert.equal(ports.streams.length, 1)
  assert.equal(ports.stream.isOpen, true)
})

test('a hidden page tries no stream again that broke', () => {
  const { ports } = start()
  ports.stream.failed()
  ports.setVisible(false)
  ports.advance(10_000)
  assert.equal(ports.streams.filter(({ isOpen }) => isOpen).length, 0)
})

test('a page that begins hidden opens nothing', () => {
  const ports = new BrowserPorts()
  ports.setVisible(false)
  assert.deepEqual(start(ports).links, ['paused'])
  assert.equal(ports.streams.length, 0)
})

test('what has ended stays closed', () => {
  const { ports, stop } = start()
  ports.stream.failed()
  stop()
  ports.advance(10_000)
  ports.setVisible(false)
  ports.setVisible(true)
  assert.equal(ports.streams.filter(({ isOpen }) => isOpen).length, 0)
})
