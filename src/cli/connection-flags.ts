import { type Command, Option } from 'commander'
import { collect, type Options } from './options.ts'

/** What kubectl's connection flags say. Absent ones leave the matter to the kubeconfig. */
export interface ConnectionFlags {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly cluster: string | undefined
  readonly user: string | undefined
  readonly namespace: string | undefined
  readonly server: string | undefined
  readonly token: string | undefined
  readonly certificateAuthority: string | undefined
  readonly insecureSkipTlsVerify: boolean
  readonly tlsServerName: string | undefined
  readonly disableCompression: boolean
  readonly clientCertificate: string | undefined
  readonly clientKey: string | undefined
  readonly as: string | undefined
  readonly asGroups: readonly string[]
  readonly asUid: string | undefined
  /** Milliseconds for one request. */
  readonly requestTimeoutMs: number | undefined
  /** Above 5, every request is told on standard error. */
  readonly verbosity: number
}

const flags: readonly (readonly [string, string])[] = [
  ['-n, --namespace <name>', 'Namespace to work in, instead of that of the context'],
  ['--kubeconfig <path>', 'Kubeconfig to use, instead of KUBECONFIG and ~/.kube/config'],
  ['--context <name>', 'Context of the kubeconfig to use, instead of the current one'],
  ['--cluster <name>', 'Cluster of the kubeconfig to use, instead of that of the context'],
  ['--user <name>', 'User of the kubeconfig to use, instead of that of the context'],
  ['-s, --server <url>', 'Address of the API server'],
  ['--token <token>', 'Bearer token to log in with, instead of what the kubeconfig says'],
  ['--certificate-authority <path>', 'Certificate file of the authority that the API server is checked against'],
  ['--tls-server-name <name>', 'Name that the certificate of the API server must have'],
  ['--client-certificate <path>', 'Certificate file to log in with'],
  ['--client-key <path>', 'Key file to log in with'],
  ['--as <user>', 'User to act as'],
  ['--as-uid <uid>', 'UID to act as'],
]

/** Adds kubectl's connection flags to the whole program. */
export const addConnectionFlags = (program: Command): void => {
  for (const [names, description] of flags) program.option(names, description)
  program
    .addOption(new Option('--as-group <group>', 'Group to act as; may be repeated').argParser(collect))
    .option('--insecure-skip-tls-verify', 'Do not check the certificate of the API server')
    .option('--disable-compression', 'Ask the API server for answers that are not compressed')
    .option('--cache-dir <path>', 'Taken for the sake of kubectl: this plugin caches nothing on disk')
    .option('--request-timeout <duration>', 'Longest time for one request, such as 30s; 0 for the default')
    .option('-v, --kloglevel <level>', 'From 6 on, tell every request on standard error', '0')
}

/** Reads what {@link addConnectionFlags} added. */
export const connectionFlags = (options: Options): ConnectionFlags => ({
  kubeconfig: options.text('kubeconfig'),
  context: options.text('context'),
  cluster: options.text('cluster'),
  user: options.text('user'),
  namespace: options.text('namespace'),
  server: options.text('server'),
  token: options.text('token'),
  certificateAuthority: options.text('certificateAuthority'),
  insecureSkipTlsVerify: options.isOn('insecureSkipTlsVerify'),
  tlsServerName: options.text('tlsServerName'),
  disableCompression: options.isOn('disableCompression'),
  clientCertificate: options.text('clientCertificate'),
  clientKey: options.text('clientKey'),
  as: options.text('as'),
  asGroups: options.texts('asGroup'),
  asUid: options.text('asUid'),
  requestTimeoutMs: options.limitMs('requestTimeout', '--request-timeout'),
  verbosity: options.count('kloglevel', '-v, --kloglevel') ?? 0,
})
