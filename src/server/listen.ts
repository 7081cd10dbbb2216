import type { Server } from 'node:net'

/** Where a server listens. */
export interface ListenAddress {
  /** 0 is any free port. */
  readonly port: number
  /** All interfaces when absent. */
  readonly host?: string
  /** Flags that choose another port and another address, for the message of an error. */
  readonly flags?: { readonly port: string; readonly host?: string }
}

/** A server could not begin to listen. The message says what to choose instead. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

const by = (flag: string | undefined): string => (flag === undefined ? '' : ` with ${flag}`)

const reasonOf = (error: Error, { flags }: ListenAddress): string => {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `the port is in use: choose another one${by(flags?.port)}`
  if (code === 'EACCES') return `this user may not listen on that port: choose one from 1024${by(flags?.port)}`
  if (code === 'EADDRNOTAVAIL') return `this machine has no such address: choose one of its own${by(flags?.host)}`
  return error.message
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Begins to listen, and answers the port, also when 0 was asked for. Rejects with a {@link ListenError}. */
export const listen = (server: Server, at: ListenAddress): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port, host } = at
    const fail = (error: Error): void => {
      const where = host === undefined ? `port ${port}` : `${host} port ${port}`
      reject(new ListenError(`listening on ${where}: ${reasonOf(error, at)}`, { cause: error }))
    }
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve(portOf(server))
    })
  })
