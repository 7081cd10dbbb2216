import { setImmediate as nextTurn } from 'node:timers/promises'
import { rollouts } from '../api/resources.ts'
import { defineCacheMetrics } from '../kube/cache-metrics.ts'
import { KubeClient } from '../kube/client.ts'
import { EventRecorder } from '../kube/events.ts'
import { InformerFactory } from '../kube/informer-factory.ts'
import { LeaderElection } from '../kube/lease.ts'
import type { Net } from '../kube/net.ts'
import { CountedTransport } from '../kube/request-metrics.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { Transport } from '../kube/transport.ts'
import type { Clock } from '../lib/clock.ts'
import { Notifications } from '../notifications/notifications.ts'
import { type Connect, noConnections } from '../notifications/services/connection.ts'
import { credentialReader } from '../plugins/credentials.ts'
import { Plugins } from '../plugins/plugins.ts'
import { PluginRegistry, type PluginSource } from '../plugins/registry.ts'
import { closedHost, type Host, surroundingsOf } from '../providers/surroundings.ts'
import type { RouterVersions } from '../routers/router-versions.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { noMetrics } from '../telemetry/no-metrics.ts'
import type { SpanSink } from '../telemetry/span.ts'
import { defineBuildMetrics } from './build-metrics.ts'
import { createControllers } from './controllers.ts'
import { jobClusterOf } from './job-cluster.ts'
import { type OpenCluster, PrimaryClusterTransport } from './primary-cluster.ts'
import { severable } from './severable.ts'

/** Who may lead, and for how long without a sign of life. */
export interface LeaderElectionConfig {
  /** Namespace of the Lease. */
  readonly namespace: string
  /** Tells processes apart; must never be used again. */
  readonly identity: string
  readonly leaseDurationMs: number
  readonly renewDeadlineMs: number
  readonly retryPeriodMs: number
}

/** How the configuration of notifications is found. */
export interface NotificationsConfig {
  /** Whether namespaces of Rollouts may have a configuration of their own, besides that in the controller's namespace. */
  readonly selfService: boolean
}

/** What the controllers do, and for whom. */
export interface OperatorConfig {
  /** Objects with this controller-instance-id are served; empty: those without the label. */
  readonly instanceId: string
  /** Only this namespace is served; all when absent. */
  readonly namespace?: string | undefined
  /** Rollouts that are worked on at a time. Default 10. */
  readonly rolloutWorkers?: number
  /** Experiments that are worked on at a time. Default 10. */
  readonly experimentWorkers?: number
  /** AnalysisRuns that are worked on at a time. Default 30. */
  readonly analysisWorkers?: number
  /** Prometheus server for metrics without an address. */
  readonly prometheusAddress?: string | undefined
  /** Namespace for the Jobs of metrics; that of the run when absent. */
  readonly analysisJobNamespace?: string | undefined
  /** Namespace of the controller itself, where the Secrets of metric systems are. Default argo-rollouts. */
  readonly ownNamespace?: string | undefined
  /** The ConfigMap of the plugins. Default: argo-rollouts-config in the namespace of the controller. */
  readonly pluginConfigMap?: Partial<PluginSource> | undefined
  /** Which API the objects of routers have. Default: as published. */
  readonly routerVersions?: RouterVersions | undefined
  /** Who is told of releases beside Events. Default: nobody. */
  readonly notifications?: NotificationsConfig | undefined
  /** Without it this process leads at once. */
  readonly leaderElection?: LeaderElectionConfig | undefined
}

/** What an operator is made of: everything that reaches outside comes in here. */
export interface OperatorOptions {
  readonly transport: Transport
  readonly net: Net
  /** TCP for what does not speak HTTP: e-mail. Default: none. */
  readonly connect?: Connect
  readonly clock: Clock
  readonly logger: Logger
  readonly config: OperatorConfig
  readonly metrics?: Metrics
  /** Where the traces of releases are told. Default: nobody is told. */
  readonly traces?: SpanSink | undefined
  /** Where providers find credentials besides Secrets. Default: nowhere. */
  readonly host?: Host
  /** The cluster in which the Jobs of metrics run, when it is another one. */
  readonly jobTransport?: Transport | undefined
  /** Opens the way to the cluster where Istio's objects are, when it is another one. Default: it cannot be opened. */
  readonly openCluster?: OpenCluster | undefined
  /** In [0, 1), for jitter. */
  readonly random?: () => number
  /** Called when another process may lead from now on: this one must end. */
  readonly onLeadershipLost?: (error: Error) => void
}

/** The controllers as one thing that starts and stops. */
export interface Operator {
  /** Fills the caches, waits for the leadership where there is an election, and starts the workers. */
  start(): Promise<void>
  /** Ends in order: queues drain, events are flushed, the lease is given back. */
  stop(): Promise<void>
  /** Whether nothing is queued or in work. */
  idle(): boolean
  /** What keeps it from leading, or from taking over at once as a standby; undefined when nothing does. */
  obstacle(): string | undefined
  /** Ends at once, as a killed process does: nothing more is asked, written or flushed. */
  crash(): void
}

/** Event source and field manager, as scripts and dashboards of the published controller select them. */
const component = 'rollouts-controller'
const syncTimeoutMs = 120_000
/** Together these stay below a pod's 30 s of grace. */
const drainMs = 18_000
const notifyMs = 5_000
const flushMs = 3_000

/** Name of the Lease, as the published controller names it. */
const leaseName = (instanceId: string): string =>
  instanceId === '' ? 'argo-rollouts-controller-lock' : `argo-rollouts-controller-lock-${instanceId}`

interface PluginParts extends Pick<OperatorOptions, 'net' | 'clock' | 'logger'> {
  readonly informers: InformerFactory
  readonly client: KubeClient
}

const electionOf = (
  options: OperatorOptions,
  transport: Transport,
  runtime: Runtime,
  onLost: (error: Error) => void,
): LeaderElection | undefined => {
  const { leaderElection, instanceId } = options.config
  return leaderElection === undefined
    ? undefined
    : new LeaderElection({ ...leaderElection, transport, runtime, name: leaseName(instanceId), onLost })
}

/** Without these CRDs there is nothing to do; those of routers may well be absent. */
const warnOfAbsentKinds = (informers: InformerFactory, logger: Logger): void => {
  const absent = informers.all.filter(
    ({ state, scope }) => state === 'absent' && scope.resource.group === rollouts.group,
  )
  for (const { scope } of absent) {
    const kind = scope.resource.kind
    logger.warn(
      'a CustomResourceDefinition is not installed; apply crds/ and its objects are served within half a minute',
      { kind },
    )
  }
}

/** As of a plain installation of the published controller. */
const defaultNamespace = 'argo-rollouts'

const pluginsOf = (
  { ownNamespace = defaultNamespace, pluginConfigMap }: OperatorConfig,
  { informers, client, net, clock, logger }: PluginParts,
): { registry: PluginRegistry; plugins: Plugins } => {
  const source = { namespace: ownNamespace, name: 'argo-rollouts-config', ...pluginConfigMap }
  const registry = new PluginRegistry(informers, source, (problems) =>
    logger.warn('some plugins cannot be used', { configMap: `${source.namespace}/${source.name}`, problems }),
  )
  const readCredentials = credentialReader(client, source.namespace)
  return { registry, plugins: new Plugins(registry, { net, clock, readCredentials }) }
}

const noOtherClusters: OpenCluster = () => Promise.reject(new Error('this process opens no way to other clusters'))

const defineLeaderMetric = (metrics: Metrics, leads: () => boolean): void =>
  metrics.observed({ name: 'crossfade_leader', help: 'Whether this process leads.', labels: [] }, () => [
    { labels: {}, value: leads() ? 1 : 0 },
  ])

/** Puts the controllers together. Nothing runs until {@link Operator.start}. */
export const createOperator = (options: OperatorOptions): Operator => {
  const { clock, logger, config, metrics = noMetrics, random = Math.random } = options
  const runtime: Runtime = { clock, random, log: logger, yieldToLoop: async () => void (await nextTurn()) }
  const routed = new PrimaryClusterTransport({
    own: options.transport,
    open: options.openCluster ?? noOtherClusters,
    namespace: config.ownNamespace ?? defaultNamespace,
    log: logger,
    look: () => ({ informers, client }),
  })
  const { transport, net, sever } = severable(new CountedTransport(routed, metrics), options.net)
  const client = new KubeClient({ transport, fieldManager: component })
  const informers = new InformerFactory({ transport, runtime })
  const events = new EventRecorder({ client, runtime, component })
  const scope = { namespace: config.namespace, instanceId: config.instanceId }
  const jobCluster = options.jobTransport && jobClusterOf(options.jobTransport, options.net, runtime, component)
  const caches = [informers, ...(jobCluster ? [jobCluster.informers] : [])]
  const surroundings = surroundingsOf(options.host ?? closedHost())
  const notifications =
    config.notifications &&
    new Notifications({
      ...{ informers, client, events, runtime, metrics, scope },
      ownNamespace: config.ownNamespace ?? defaultNamespace,
      selfService: config.notifications.selfService,
      outside: { net, connect: options.connect ?? noConnections, surroundings },
    })
  const parts = createControllers(config, {
    ...{ informers, client, events, runtime, metrics, scope, net, traces: options.traces },
    ...pluginsOf(config, { informers, client, net, clock, logger }),
    ...(jobCluster && { jobCluster }),
    surroundings,
    listener: notifications?.listener,
  })
  const abort = (reason: Error): void => {
    for (const part of parts) void part.abort(reason)
    void notifications?.abort(reason)
  }
  const election = electionOf(options, transport, runtime, (error) => {
    abort(error)
    options.onLeadershipLost?.(error)
  })
  defineBuildMetrics(metrics)
  defineCacheMetrics(metrics, () => informers.all)
  defineLeaderMetric(metrics, () => election === undefined || election.isLeader)
  let synced = false
  let stopping = false
  return {
    start: async () => {
      for (const each of caches) each.start()
      await Promise.all(caches.map((each) => each.waitForSync(syncTimeoutMs)))
      synced = true
      warnOfAbsentKinds(informers, logger)
      await election?.start()
      notifications?.start()
      for (const part of parts) part.start()
      logger.info('the controllers are running', { instanceId: config.instanceId, namespace: config.namespace })
    },
    stop: async () => {
      stopping = true
      await Promise.all(parts.map((part) => part.stop(drainMs)))
      await notifications?.stop(notifyMs)
      await events.close(flushMs)
      await Promise.all(caches.map((each) => each.stop()))
      routed.close()
      // Last, when nothing of ours is written any more: the next leader starts at once.
      await election?.release()
    },
    idle: () => parts.every((part) => part.idle) && notifications?.idle !== false && events.pending === 0,
    obstacle: () => (stopping ? 'this process is stopping' : synced ? undefined : 'the caches are not filled yet'),
    crash: () => {
      sever()
      jobCluster?.sever()
      abort(new Error('the process was killed'))
      for (const each of caches) void each.stop()
    },
  }
}
