import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Page, type PageServer, type Pages, servePages, textPage } from '../../../src/server/page-server.ts'

const onLoopback = { host: '127.0.0.1', port: 0 }

const served = async (pages: Pages, use: (url: string, server: PageServer) => Promise<void>): Promise<void> => {
  const server = await servePages(onLoopback, pages)
  try {
    await use(`http://127.0.0.1:${server.port}`, server)
  } finally {
    await server.close()
  }
}

describe('a server of pages', () => {
  it('answers by path, with the query of the address', () =>
    served({ '/echo': (query) => textPage(200, query.get('say') ?? 'nothing') }, async (url) => {
      assert.equal(await (await fetch(`${url}/echo?say=hello`)).text(), 'hello\n')
      assert.equal(await (await fetch(`${url}/echo`)).text(), 'nothing\n')
    }))

  it('takes nothing but reads of the pages that there are', () =>
    served({ '/page': () => textPage(200, 'ok') }, async (url) => {
      assert.equal((await fetch(`${url}/constructor`)).status, 404)
      assert.equal((await fetch(`${url}/page`, { method: 'POST' })).status, 405)
      assert.equal(await (await fetch(`${url}/page`, { method: 'HEAD' })).text(), '')
    }))

  it('says what went wrong with a page', () =>
    served({ '/page': () => Promise.reject(new Error('no such thing')) }, async (url) => {
      const answer = await fetch(`${url}/page`)
      assert.deepEqual([answer.status, await answer.text()], [500, 'no such thing\n'])
    }))

  it('answers others while a long page is written part by part', async () => {
    const done: string[] = []
    const long = async function* () {
      for (let part = 0; part < 50; part++) {
        yield 'x'.repeat(1000)
        await nextTurn()
      }
      done.push('long')
    }
    const pages: Pages = {
      '/long': (): Page => ({ status: 200, contentType: 'text/plain', body: long() }),
      '/short': () => textPage(200, 'ok'),
    }
    await served(pages, async (url) => {
      await fetch(`${url}/short`)
      const body = fetch(`${url}/long`).then((answer) => answer.text())
      assert.equal((await fetch(`${url}/short`)).status, 200)
      assert.equal((await body).length, 50_000)
      assert.deepEqual(done, ['long'])
    })
  })

  it('cuts a page off that fails in the middle, so that nobody takes it for whole', async () => {
    const broken = async function* () {
      yield 'begin'
      throw new Error('failed')
    }
    await served({ '/page': () => ({ status: 200, contentType: 'text/plain', body: broken() }) }, async (url) => {
      await assert.rejects(fetch(`${url}/page`).then((answer) => answer.text()))
    })
  })

  it('says which flag chooses another port where one is in use', () =>
    served({}, async (_, { port }) => {
      const taken = { port, host: '127.0.0.1', flags: { port: '--metricsPort' } }
      await assert.rejects(servePages(taken, {}), {
        name: 'ListenError',
        message: `listening on 127.0.0.1 port ${port}: the port is in use: choose another one with --metricsPort`,
      })
    }))
})
