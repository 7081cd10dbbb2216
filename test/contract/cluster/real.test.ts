import { after, before, describe } from 'node:test'
import { connect } from '../../../src/kube/config.ts'
import { isAlreadyExists } from '../../../src/kube/errors.ts'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import type { Transport } from '../../../src/kube/transport.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { listOr, objectOr } from '../../../src/lib/json-value.ts'
import type { ControlPlane } from '../../cluster/harness/control-plane.ts'
import { startControlPlane } from '../../cluster/harness/control-plane.ts'
import { widgetCrd } from '../objects.ts'
import type { ContractServer } from '../suite.ts'
import { testContract } from '../suite.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** The server takes a moment to serve a new kind. */
const installWidgets = async (transport: Transport): Promise<void> => {
  await transport.request({ method: 'POST', path: crds, body: widgetCrd }).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error
  })
  for (let established = false; !established; await systemClock.sleep(100)) {
    const crd = await transport.request({ method: 'GET', path: `${crds}/widgets.contract.example.com` })
    established = listOr(objectOr(crd.status).conditions)
      .map(objectOr)
      .some(({ type, status }) => type === 'Established' && status === 'True')
  }
  await systemClock.sleep(1000)
}

/** An API server that is really one, over HTTPS. */
const realServer = async (kubeconfig: string): Promise<ContractServer> => {
  const connection = await connect({ kubeconfig, env: {}, clock: systemClock })
  const transport = new HttpTransport({ connection, clock: systemClock, userAgent: 'contract/1' })
  await installWidgets(transport)
  return {
    transport,
    newNamespace: async () => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'contract-' } }
      const { metadata } = await transport.request({ method: 'POST', path: '/api/v1/namespaces', body })
      return String(objectOr(metadata).name)
    },
    passTime: (_ms, settled) => settled,
  }
}

/** A server that is already there may be named by its kubeconfig; else one is started. */
const given = process.env.CONTRACT_KUBECONFIG

describe('a real API server', () => {
  let plane: ControlPlane | undefined
  let server: ContractServer | undefined

  before(async () => {
    plane = given === undefined ? await startControlPlane() : undefined
    server = await realServer(given ?? plane?.kubeconfig ?? '')
  })

  after(() => plane?.stop())

  testContract(() => {
    if (server === undefined) throw new Error('the server is started before the cases run')
    return server
  })
})
