import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Connection } from '../../../src/kube/credentials.ts'
import { NetworkError } from '../../../src/kube/errors.ts'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import type { KubeRequest } from '../../../src/kube/transport.ts'
import { makeCertificate, type TestCertificate } from '../../builders/certificate.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { json, MisbehavingServer } from '../../builders/misbehaving-server.ts'

const get: KubeRequest = { method: 'GET', path: '/api/v1/pods' }

describe('TLS', () => {
  const certificates: TestCertificate[] = []
  before(() => {
    certificates.push(makeCertificate('first'), makeCertificate('second'))
  })

  const withServer = async (
    authenticate: Connection['authenticate'],
    test: (transport: HttpTransport, server: MisbehavingServer) => Promise<void>,
  ): Promise<void> => {
    const [serverCertificate] = certificates
    const server = await MisbehavingServer.start(json(200, {}), {
      ...serverCertificate,
      requestCert: true,
      rejectUnauthorized: false,
    })
    const connection = { server: server.url, namespace: 'default', authenticate }
    const transport = new HttpTransport({ connection, clock: new ManualClock(), userAgent: 'test' })
    try {
      await test(transport, server)
    } finally {
      transport.close()
      await server.stop()
    }
  }

  after(() => certificates.splice(0))

  it('trusts the authority of the cluster, and no other', async () => {
    const [first, second] = certificates
    await withServer(
      async () => ({ tls: { ca: first?.cert ?? '' }, headers: {} }),
      async (transport) => {
        assert.deepEqual(await transport.request(get), {})
      },
    )
    await withServer(
      async () => ({ tls: { ca: second?.cert ?? '' }, headers: {} }),
      async (transport) => {
        await assert.rejects(transport.request(get), NetworkError)
      },
    )
  })

  it('keeps its connection while the certificate is the same, and makes a new one when it changes', async () => {
    const [first, second] = certificates
    let client: TestCertificate | undefined = first
    await withServer(
      async () => ({ tls: { ca: first?.cert ?? '', cert: client?.cert ?? '', key: client?.key ?? '' }, headers: {} }),
      async (transport, server) => {
        await transport.request(get)
        await transport.request(get)
        assert.equal(server.connections, 1)
        client = second
        await transport.request(get)
        assert.equal(server.connections, 2)
        while (server.sockets.size > 1) await new Promise((resolve) => setImmediate(resolve))
      },
    )
  })
})
