import type { Server } from 'node:net'

/** Where a server listens: on all interfaces without a host; 0 is any free port. */
export interface ListenAddress {
  readonly port: number
  readonly host?: string
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Begins to listen, and answers the port, also when 0 was asked for. Rejects with Node's error when the port is taken. */
export const listen = (server: Server, { port, host }: ListenAddress): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(portOf(server))
    })
  })
