import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { connect, connectForeign } from '../kube/config.ts'
import { HttpNet } from '../kube/http-net.ts'
import { HttpTransport } from '../kube/http-transport.ts'
import { systemClock } from '../lib/clock.ts'
import { connectTcp } from '../notifications/services/connection.ts'
import {
  type Configuration,
  ConfigurationError,
  helpText,
  mootFlags,
  mootFlagsIn,
  parseConfiguration,
  parseEnvironment,
  routerVersionsOf,
} from '../operator/configuration.ts'
import { createOperator, type Operator } from '../operator/operator.ts'
import { version } from '../operator/version.ts'
import type { PageServer } from '../server/page-server.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { PrometheusMetrics } from '../telemetry/metrics.ts'
import { serveControllerPages } from './controller-pages.ts'
import { openTraces, type Traces } from './traces.ts'

const serviceAccountNamespace = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'
/** A shutdown that takes longer has failed; the pod's grace period is 30 s. */
const shutdownLimitMs = 28_000

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

const environment = parseEnvironment(process.env)

/** The namespace that the controller itself lives in, found as the published controller finds it. */
const ownNamespace = (): string => environment.POD_NAMESPACE ?? readIfThere(serviceAccountNamespace) ?? 'argo-rollouts'

const servedNamespace = (configuration: Configuration): string | undefined =>
  configuration.namespace ?? (configuration.namespaced ? ownNamespace() : undefined)

const userAgent = `crossfade/${version}`

/**
 * The cluster in which the Jobs of metrics run, as the published controller is told of it: `in-cluster`, or the path of a kubeconfig.
 * Undefined for the controller's own.
 */
const jobTransport = async (where: string | undefined): Promise<HttpTransport | undefined> => {
  if (!where) return undefined
  const env = { ...process.env, KUBECONFIG: undefined, HOME: undefined, USERPROFILE: undefined }
  const options = where === 'in-cluster' ? { env } : { env: process.env, kubeconfig: where }
  const connection = await connect({ ...options, clock: systemClock })
  return new HttpTransport({ connection, clock: systemClock, userAgent })
}

/** The way to a cluster of which a Secret has the kubeconfig. */
const openCluster = async (kubeconfig: string): Promise<HttpTransport> => {
  const connection = await connectForeign(kubeconfig, { env: process.env, clock: systemClock })
  return new HttpTransport({ connection, clock: systemClock, userAgent })
}

/** What tells how the controllers fare. */
interface Telemetry {
  readonly logger: Logger
  readonly metrics: PrometheusMetrics
  readonly traces: Traces | undefined
}

const makeOperator = async (
  configuration: Configuration,
  { logger, metrics, traces }: Telemetry,
  onLeadershipLost: (error: Error) => void,
): Promise<Operator> => {
  const { kubeconfig, context, qps, burst } = configuration
  const connection = await connect({ kubeconfig, context, env: process.env, clock: systemClock })
  const rate = qps > 0 ? { rate: { perSecond: qps, burst } } : {}
  return createOperator({
    transport: new HttpTransport({ connection, clock: systemClock, userAgent, ...rate }),
    net: new HttpNet({ clock: systemClock, userAgent, proxyEnv: process.env }),
    jobTransport: await jobTransport(environment.ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG),
    connect: connectTcp,
    openCluster,
    clock: systemClock,
    host: { env: process.env, readFile: (path) => readFile(path, 'utf8') },
    logger,
    metrics,
    traces: traces?.tell,
    onLeadershipLost,
    config: {
      instanceId: configuration['instance-id'],
      namespace: servedNamespace(configuration),
      rolloutWorkers: configuration['rollout-threads'],
      experimentWorkers: configuration['experiment-threads'],
      analysisWorkers: configuration['analysis-threads'],
      prometheusAddress: environment.ARGO_ROLLOUTS_PROMETHEUS_ADDRESS,
      analysisJobNamespace: environment.ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE,
      ownNamespace: ownNamespace(),
      pluginConfigMap: {
        name: configuration['config-map-name'],
        namespace: configuration['config-map-namespace'] ?? ownNamespace(),
      },
      routerVersions: routerVersionsOf(configuration),
      notifications: configuration.notifications
        ? { selfService: configuration['self-service-notification-enabled'] }
        : undefined,
      leaderElection: configuration['leader-elect']
        ? {
            namespace: ownNamespace(),
            identity: `${hostname()}_${randomUUID()}`,
            leaseDurationMs: configuration['leader-election-lease-duration'],
            renewDeadlineMs: configuration['leader-election-renew-deadline'],
            retryPeriodMs: configuration['leader-election-retry-period'],
          }
        : undefined,
    },
  })
}

const stopOnSignals = (
  operator: Operator,
  servers: readonly PageServer[],
  { logger, traces }: Pick<Telemetry, 'logger' | 'traces'>,
): void => {
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info('stopping', { signal })
    setTimeout(() => {
      logger.error('stopping took too long')
      process.exit(1)
    }, shutdownLimitMs).unref()
    await operator.stop()
    await traces?.close()
    await Promise.all(servers.map((server) => server.close()))
    logger.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

const run = async (configuration: Configuration): Promise<void> => {
  const logger = createLogger({ level: configuration.loglevel, format: configuration.logformat, now: systemClock.now })
  for (const flag of mootFlagsIn(process.argv)) {
    logger.warn('a flag has no effect here', { flag: `--${flag}`, why: mootFlags[flag] })
  }
  const metrics = new PrometheusMetrics({
    runtime: true,
    publishedOnly: configuration['published-metrics-only'],
  })
  try {
    const traces = await openTraces(configuration, logger)
    const operator = await makeOperator(configuration, { logger, metrics, traces }, (error) => {
      // Another process may lead by now: not one more write, not even an orderly end.
      logger.error('the leadership is lost; this process ends', { err: error })
      process.exit(1)
    })
    const servers = await serveControllerPages(configuration, operator, metrics)
    stopOnSignals(operator, servers, { logger, traces })
    await operator.start()
  } catch (error) {
    logger.error('starting failed', { err: error })
    process.exit(1)
  }
}

const main = async (): Promise<void> => {
  try {
    const configuration = parseConfiguration(process.argv.slice(2))
    if (configuration.help) console.log(helpText())
    else if (configuration.version) console.log(`crossfade ${version}`)
    else await run(configuration)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

await main()
