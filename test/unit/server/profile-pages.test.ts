import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { type Clock, systemClock } from '../../../src/lib/clock.ts'
import { servePages } from '../../../src/server/page-server.ts'
import { ProfileAddressError, parseProfileAddress, profilePages } from '../../../src/server/profile-pages.ts'

const sourceUrl = (path: string): string => new URL(`../../../src/${path}`, import.meta.url).href

/** Nobody waits here: a profile is as short as it can be. */
const clock: Clock = { ...systemClock, sleep: () => Promise.resolve() }

/** Asks a process of its own: the memory of one in which all tests run takes long to tell. */
const heapOfSmallProcess = async (): Promise<string> => {
  const program = `
    import { systemClock } from ${JSON.stringify(sourceUrl('lib/clock.ts'))}
    import { servePages } from ${JSON.stringify(sourceUrl('server/page-server.ts'))}
    import { profilePages } from ${JSON.stringify(sourceUrl('server/profile-pages.ts'))}
    const { port } = await servePages({ host: '127.0.0.1', port: 0 }, profilePages(systemClock))
    console.log(port)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const answer = await fetch(`http://127.0.0.1:${Number(line)}/debug/pprof/heap`)
  const text = await answer.text()
  child.kill()
  await exited
  return text
}

describe('the address of profiles', () => {
  it('is one of this machine', () => {
    assert.deepEqual(parseProfileAddress('127.0.0.1:6060'), { host: '127.0.0.1', port: 6060 })
    assert.deepEqual(parseProfileAddress('[::1]:6060'), { host: '::1', port: 6060 })
    assert.deepEqual(parseProfileAddress('localhost:0'), { host: 'localhost', port: 0 })
  })

  for (const open of [':6060', '0.0.0.0:6060', '[::]:6060', '10.0.0.1:6060', '127.0.0.1', '127.0.0.1:99999', '6060']) {
    it(`is not ${open}`, () => {
      assert.throws(() => parseProfileAddress(open), ProfileAddressError)
    })
  }
})

describe('profiles of the running process', () => {
  const ask = async (path: string): Promise<Response> => {
    const server = await servePages({ host: '127.0.0.1', port: 0 }, profilePages(clock))
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
    const copy = new Response(await answer.text(), { status: answer.status })
    await server.close()
    return copy
  }

  it('tell what it spends its time with', async () => {
    const answer = await ask('/debug/pprof/profile?seconds=5')
    const profile = JSON.parse(await answer.text())
    assert.ok(profile.nodes.length > 0 && profile.endTime > profile.startTime)
  })

  it('tell what is in its memory', async () => {
    const text = await heapOfSmallProcess()
    assert.match(text.slice(0, 200), /^\{"snapshot":\{"meta":/)
    assert.equal(text.at(-1), '}')
  })

  it('last as long as asked for, within limits', async () => {
    for (const seconds of ['0', '-1', '301', 'ten']) {
      assert.equal((await ask(`/debug/pprof/profile?seconds=${seconds}`)).status, 400)
    }
  })

  it('are recorded one at a time', async () => {
    const pages = profilePages(clock)
    const record = pages['/debug/pprof/profile']
    const short = new URLSearchParams({ seconds: '5' })
    const first = record?.(short)
    assert.equal((await record?.(short))?.status, 409)
    assert.equal((await first)?.status, 200)
    assert.equal((await record?.(short))?.status, 200)
  })
})
