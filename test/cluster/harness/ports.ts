import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

import { HarnessError } from './errors.ts'

/**
 * Ports that the system gives nobody by itself: below the dynamic ranges of Linux (32768) and of IANA (RFC 6335, 49152). One
 * of those may become the local end of any connection between the answer here and the start of the program that gets it.
 */
const first = 20_000
const last = 29_999

const isFree = (port: number): Promise<boolean> => {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    // On all addresses, as most of the programs listen.
    server.listen(port, () => server.close(() => resolve(true)))
  })
}

let next = randomInt(first, last + 1)

/**
 * A TCP port that nobody uses at this moment, and that this process has given nobody else.
 * @throws HarnessError when every one is taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries <= last - first; tries += 1) {
    const port = next
    next = port === last ? first : port + 1
    if (await isFree(port)) return port
  }
  throw new HarnessError(`asking for a free port: all from ${first} to ${last} are taken`)
}
