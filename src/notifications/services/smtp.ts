import { isIP, type Socket } from 'node:net'
import { type Deadline, startDeadline } from '../../lib/deadline.ts'
import { SendError } from './send-error.ts'
import type { ServiceContext } from './service.ts'

/** One e-mail; either body. */
export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
}

/** The server that takes e-mails. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** Accept any certificate. */
  readonly insecure: boolean
  readonly credentials: { readonly username: string; readonly password: string } | undefined
}

const timeoutMs = 20_000
/** Here TLS comes first, without STARTTLS (RFC 8314). */
const tlsPort = 465

const isLocal = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Faults of nodemailer that say nothing about the next try, or that it will go the same way. */
const lasting = new Set(['EAUTH', 'EENVELOPE', 'EMESSAGE', 'ETLS', 'ENOAUTH', 'EREQUIRETLS'])

interface SmtpFault {
  readonly code: string | undefined
  /** Of the server's answer, where there was one. */
  readonly status: number | undefined
  readonly message: string
}

const faultOf = (error: unknown): SmtpFault => {
  if (!(error instanceof Error)) return { code: undefined, status: undefined, message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined
  return { code, status, message: error.message }
}

/** RFC 5321, 4.2.1: 4yz may pass, 5yz will not. */
const mayPass = ({ code, status }: SmtpFault): boolean =>
  status === undefined || status === 0 ? !lasting.has(code ?? '') : status < 500

const adviceOn = ({ code }: SmtpFault): string => {
  if (code === 'EAUTH') return '; check username and password in the Secret'
  return code === 'ETLS' ? '; check the certificate of the server, or set insecure_skip_verify' : ''
}

const smtpError = (error: unknown, { host, port }: SmtpServer, deadline: Deadline): SendError => {
  const { signal } = deadline
  const fault = faultOf(signal.aborted ? signal.reason : error)
  return new SendError(`asking ${host}:${port}: ${fault.message}${adviceOn(fault)}`, { retry: mayPass(fault) })
}

const transportOn = async (socket: Socket, { host, port, insecure, credentials }: SmtpServer) => {
  // Loaded when the first e-mail is sent: most controllers send none.
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host,
    port,
    secure: port === tlsPort,
    // Go's client, too, sends a password in the clear to this machine only.
    requireTLS: credentials !== undefined && port !== tlsPort && !isLocal(host),
    tls: { rejectUnauthorized: !insecure, ...(isIP(host) === 0 && { servername: host }) },
    ...(credentials && { auth: { user: credentials.username, pass: credentials.password } }),
    connection: socket,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * Sends an e-mail (RFC 5321), with STARTTLS where the server offers it. Rejects with {@link SendError}: to be tried again for answers 4yz
 * and where there is no answer.
 */
export const sendMail = async (mail: Mail, server: SmtpServer, context: ServiceContext): Promise<void> => {
  const deadline = startDeadline(context.clock, timeoutMs, context.signal, 'the e-mail was not accepted')
  let socket: Socket | undefined
  const cut = (): void => void socket?.destroy()
  deadline.signal.addEventListener('abort', cut, { once: true })
  try {
    socket = await context.connect({ host: server.host, port: server.port, signal: deadline.signal })
    const transport = await transportOn(socket, server)
    const { rejected } = await transport.sendMail({ ...mail, to: [...mail.to] })
    if (rejected.length === 0) return
  } catch (error) {
    throw smtpError(error, server, deadline)
  } finally {
    deadline.release()
    socket?.destroy()
  }
  throw new SendError('the server took the e-mail for some of the recipients only', { retry: false })
}
