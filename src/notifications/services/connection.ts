import { connect as connectSocket, type Socket } from 'node:net'
import { NetFailure } from '../../kube/net.ts'

/** Where to connect to by TCP. */
export interface ConnectTarget {
  readonly host: string
  readonly port: number
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** Outgoing TCP, for what does not speak HTTP: SMTP and NATS. Rejects with NetFailure. */
export type Connect = (target: ConnectTarget) => Promise<Socket>

/** The machine's network. */
export const connectTcp: Connect = ({ host, port, signal }) =>
  new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      socket.destroy()
      const reason = error instanceof Error ? error.message : String(error)
      reject(new NetFailure(`${host}:${port}: ${reason}`, { cause: error }))
    }
    const onAbort = (): void => failed(signal.reason)
    const socket = connectSocket({ host, port })
    socket.once('error', failed)
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      // From here on it is for the user to notice; until there is one, nothing else may take the process down.
      socket.on('error', () => {})
      socket.off('error', failed)
      resolve(socket)
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })

/** A place without TCP, such as the sandbox. */
export const noConnections: Connect = async ({ host, port }) => {
  throw new NetFailure(`${host}:${port}: there is no TCP network here`)
}
