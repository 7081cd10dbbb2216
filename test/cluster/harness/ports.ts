import { createServer } from 'node:net'

import { HarnessError } from './errors.ts'

/**
 * A loopback TCP port that nobody uses at this moment. The system hands out the ports of its dynamic range in no order
 * that repeats soon, so a port stays free for the moment between this answer and the start of the program that gets it.
 */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new HarnessError('asking for a free port: no TCP address')
  return address.port
}
