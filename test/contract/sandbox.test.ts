import { describe } from 'node:test'
import { ApiServer } from '../../src/sandbox/api-server/api-server.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { ManualClock } from '../builders/manual-clock.ts'
import { widgetCrd } from './objects.ts'
import type { ContractServer } from './suite.ts'
import { testContract } from './suite.ts'

const namespaces = { group: '', version: 'v1', plural: 'namespaces' }

/** The sandbox's server, on a clock that the cases move. */
const sandboxServer = (): ContractServer => {
  const clock = new ManualClock()
  const server = new ApiServer({ clock, random: seededRandom(1), crds: [widgetCrd] })
  let count = 0
  return {
    transport: server.asUser('contract'),
    newNamespace: async () => {
      count += 1
      const name = `contract-${count}`
      server.objects.create(namespaces, { metadata: { name } })
      return name
    },
    passTime: async (ms, settled) => {
      await clock.advance(ms)
      return settled
    },
    compact: async () => server.compact(),
  }
}

describe('the API server of the sandbox', () => {
  const server = sandboxServer()
  testContract(() => server)
})
