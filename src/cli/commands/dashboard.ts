import { hostname } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Command, Option } from 'commander'
import type { TlsMaterial } from '../../server/dashboard/serve.ts'
import { CommandError } from '../command-error.ts'
import type { CliContext, Cluster } from '../context.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { collect, invalidValue, type Options } from '../options.ts'

const yearMs = 365 * 86_400_000
const highestPort = 65_535
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

const portOf = (options: Options): number => {
  const port = options.count('port', '-p, --port') ?? 0
  if (port > highestPort) throw invalidValue(String(port), '-p, --port', `ports end at ${highestPort}`)
  return port
}

/** The name that a browser on this machine, or of this network, can open. */
const hostOf = (address: string): string => {
  if (loopback.has(address)) return 'localhost'
  if (everywhere.has(address)) return hostname()
  return address.includes(':') ? `[${address}]` : address
}

const readPem = async (context: CliContext, flag: string, path: string): Promise<string> => {
  try {
    return await context.readFile(path)
  } catch (error) {
    throw new CommandError(`reading the file of ${flag}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** What is read on the way to another machine needs TLS: the given certificate, or one that is made for this run. */
const tlsFor = async (
  { options, context }: Invocation,
  address: string,
  hostNames: readonly string[],
): Promise<TlsMaterial | undefined> => {
  const certificate = options.text('tlsCertificate')
  const key = options.text('tlsKey')
  if ((certificate === undefined) !== (key === undefined)) {
    throw new CommandError('--tls-certificate and --tls-key belong together: give both, or none')
  }
  if (certificate !== undefined && key !== undefined) {
    return {
      cert: await readPem(context, '--tls-certificate', certificate),
      key: await readPem(context, '--tls-key', key),
    }
  }
  if (loopback.has(address)) return undefined
  const { selfSignedCertificate } = await import('../../server/self-signed-certificate.ts')
  const own = everywhere.has(address) || address.includes(':') ? [] : [address]
  const hosts = ['localhost', '127.0.0.1', hostname(), ...own, ...hostNames]
  return selfSignedCertificate({
    commonName: 'crossfade dashboard',
    hosts,
    now: context.clock.now(),
    lifetimeMs: yearMs,
  })
}

const untilInterrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** What the server is to be, from the flags. */
const settingsOf = async (invocation: Invocation) => {
  const { options, context } = invocation
  const address = options.text('address') ?? '127.0.0.1'
  const given = options.texts('hostName')
  const { randomBytes } = await import('node:crypto')
  const hostNames = everywhere.has(address) ? [...given, hostname()] : [...given, hostOf(address)]
  const tls = await tlsFor(invocation, address, given)
  return {
    at: { port: portOf(options), host: address, flags: { port: '--port', host: '--address' } },
    rootPath: options.text('rootPath') ?? 'rollouts',
    page: await context.dashboardPage(),
    token: randomBytes(24).toString('base64url'),
    hostNames,
    ...(tls && { tls }),
  }
}

const serve = async (invocation: Invocation, { client, transport, namespace }: Cluster): Promise<void> => {
  const { context, log } = invocation
  const { clock, random, signal, build } = context
  const settings = await settingsOf(invocation)
  const { at, token, tls } = settings
  const yieldToLoop = async (): Promise<void> => {
    await nextTurn()
  }
  const runtime = { clock, random, yieldToLoop, log }
  // HTTP, TLS and what tells Rollouts: no other command needs them.
  const { serveDashboard } = await import('../../server/dashboard/serve.ts')
  const dashboard = await serveDashboard({
    ...settings,
    client,
    transport,
    namespace,
    runtime,
    version: `v${build.version}`,
  })
  const origin = `${tls ? 'https' : 'http'}://${hostOf(at.host)}:${dashboard.port}`
  say(invocation, `The dashboard is at ${origin}${dashboard.path}?token=${token}`)
  await untilInterrupted(signal)
  await dashboard.close()
}

const dashboard: Run = (invocation) => invocation.withCluster((cluster) => serve(invocation, cluster))

/** `dashboard`: serves a web page that shows and steers Rollouts. */
export const dashboardCommand = (bind: Bind): Command =>
  new Command('dashboard')
    .summary('Serve a web page that shows and steers Rollouts')
    .description(
      'Serves a web page that shows Rollouts and steers their releases, until it is interrupted. Whoever opens the address that is printed acts with the rights of the kubeconfig.',
    )
    .option('--root-path <path>', 'Path below which everything is served', 'rollouts')
    .option('-p, --port <port>', 'Port to listen on; 0 for any that is free', '3100')
    .option(
      '--address <address>',
      'Address to listen on, such as 0.0.0.0 for all; what is not of this machine alone is served by TLS',
      '127.0.0.1',
    )
    .addOption(
      new Option('--host-name <name>', 'Name by which browsers reach it besides localhost; may be repeated').argParser(
        collect,
      ),
    )
    .option(
      '--tls-certificate <path>',
      'Certificate file to serve by TLS with, instead of one that is made for this run',
    )
    .option('--tls-key <path>', 'Key file of --tls-certificate')
    .action(bind(dashboard))
