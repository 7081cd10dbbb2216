import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { beforeEach, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock } from '../../../src/lib/clock.ts'
import { makeCertificate } from '../../builders/certificate.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const session = (files: Readonly<Record<string, string>> = {}): CliSession =>
  new CliSession({ transport: cluster.transport, clock: systemClock, files })

const addressPattern = /^The dashboard is at (\S+)\n/

/** Runs the command until `use` has done its part with the address that was printed, then as Ctrl-C ends it. */
const whileServed = async (
  argv: readonly string[],
  use: (address: string) => Promise<void>,
  one: CliSession = session(),
): Promise<Outcome> => {
  let ended = false
  const running = one.run('dashboard', '--port', '0', ...argv).finally(() => {
    ended = true
  })
  while (!ended && !addressPattern.test(one.out.text)) await nextTurn()
  const address = addressPattern.exec(one.out.text)?.[1]
  try {
    if (address !== undefined) await use(address)
  } finally {
    one.interrupt()
  }
  return running
}

/** The status of an answer by TLS on this machine, whatever name the address has. */
const statusByTls = (address: string, ca?: string): Promise<number | undefined> => {
  const { port, pathname, search } = new URL(address)
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca }
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: `${pathname}${search}`, ...trust, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    request.on('error', reject)
  })
}

describe('the command dashboard', () => {
  beforeEach(setUp)

  it('prints an address that leads in, serves until it is interrupted, and ends well', async () => {
    const { code, stderr } = await whileServed([], async (address) => {
      assert.match(address, /^http:\/\/localhost:\d+\/rollouts\/\?token=[\w-]{32}$/)
      assert.equal((await fetch(address, { redirect: 'manual' })).status, 303)
    })
    assert.deepEqual([code, stderr], [0, ''])
  })

  it('serves below the path that is asked for', async () => {
    await whileServed(['--root-path', 'a/b'], async (address) => assert.equal(new URL(address).pathname, '/a/b/'))
  })

  it('begins with the namespace of the flag', async () => {
    await whileServed(['-n', 'shop'], async (address) => {
      const { origin, searchParams } = new URL(address)
      const headers = { authorization: `Bearer ${searchParams.get('token')}` }
      const answer = await fetch(`${origin}/rollouts/api/v1/namespace`, { headers })
      assert.deepEqual(await answer.json(), { namespace: 'shop', availableNamespaces: ['default'] })
    })
  })

  it('speaks TLS where others listen, with a certificate of its own', async () => {
    await whileServed(['--address', '0.0.0.0'], async (address) => {
      assert.equal(new URL(address).protocol, 'https:')
      assert.equal(await statusByTls(address), 303)
    })
  })

  it('speaks TLS with the certificate that is given', async () => {
    const { cert, key } = makeCertificate('dashboard')
    const flags = ['--tls-certificate', 'c.pem', '--tls-key', 'k.pem']
    const one = session({ 'c.pem': cert, 'k.pem': key })
    await whileServed(flags, async (address) => assert.equal(await statusByTls(address, cert), 303), one)
  })

  it('says so when the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stdout, stderr } = await session().run('dashboard', '--port', port)
    taken.close()
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(
      stderr,
      `Error: listening on 127.0.0.1 port ${port}: the port is in use: choose another one with --port\n`,
    )
  })

  for (const [argv, sentence] of [
    [
      ['--port', 'many'],
      'invalid argument "many" for "-p, --port" flag: strconv.ParseInt: parsing "many": invalid syntax',
    ],
    [['--port', '65536'], 'invalid argument "65536" for "-p, --port" flag: ports end at 65535'],
    [['--tls-key', 'k.pem'], '--tls-certificate and --tls-key belong together: give both, or none'],
    [
      ['--tls-key', 'k.pem', '--tls-certificate', 'c.pem'],
      "reading the file of --tls-certificate: ENOENT: no such file or directory, open 'c.pem'",
    ],
  ] as const) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const { code, stderr } = await session().run('dashboard', ...argv)
      assert.deepEqual([code, stderr], [1, `Error: ${sentence}\n`])
    })
  }
})
