import { parseArgs } from 'node:util'
import * as z from 'zod'
import {
  ambassadorMappings,
  ambassadorPreviewMappings,
  targetGroupBindings,
  traefikServices,
} from '../api/resources.ts'
import { istioVersions, type RouterVersions, trafficSplitVersions } from '../routers/router-versions.ts'

/** Why a command line cannot be used, with what to do about it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

interface Flag {
  readonly type: 'string' | 'boolean'
  readonly default?: string | boolean
  readonly help: string
}

const text = (help: string, fallback?: string): Flag => ({
  type: 'string',
  help,
  ...(fallback === undefined ? {} : { default: fallback }),
})
const toggle = (help: string, fallback = false): Flag => ({ type: 'boolean', default: fallback, help })

/** Flags of the controller, with the published names and defaults where those exist. */
export const flags = {
  kubeconfig: text('Path of a kubeconfig. Default: KUBECONFIG, ~/.kube/config, then the service account of the pod.'),
  context: text('Context of the kubeconfig to use.'),
  namespace: text('Serve this namespace only; with --namespaced its default is the controller’s own.'),
  namespaced: toggle('Serve one namespace only, with a Role instead of a ClusterRole.'),
  'instance-id': text(
    'Serve only objects whose controller-instance-id label has this value; empty: those without it.',
    '',
  ),
  'leader-elect': toggle(
    'Let one of several controllers lead, by a Lease in namespace POD_NAMESPACE (argo-rollouts when unset).',
    true,
  ),
  'leader-election-lease-duration': text('How long others wait for a silent leader.', '15s'),
  'leader-election-renew-deadline': text('How long a leader that cannot renew goes on.', '10s'),
  'leader-election-retry-period': text('Time between two attempts.', '2s'),
  'config-map-name': text('ConfigMap that configures plugins.', 'argo-rollouts-config'),
  'config-map-namespace': text('Namespace of it, and of the Secrets that it names. Default: the controller’s own.'),
  'istio-api-version': text('Version of Istio’s VirtualServices and DestinationRules.', 'v1alpha3'),
  'traffic-split-api-version': text('Version of the TrafficSplits of the Service Mesh Interface.', 'v1alpha1'),
  'traefik-api-group': text('API group of TraefikServices; traefik.containo.us before Traefik 3.', 'traefik.io'),
  'ambassador-api-version': text('API version of Mappings of Ambassador.', 'getambassador.io/v2'),
  'traefik-api-version': text('API version of TraefikServices.', 'traefik.io/v1alpha1'),
  'aws-verify-target-group': toggle(
    'Ask AWS whether load balancers have weights and pods before a release goes on (docs/traffic/alb.md).',
  ),
  'alb-verify-weight': toggle('Earlier name of --aws-verify-target-group.'),
  'alb-tag-key-resource-id': text(
    'Tag of target groups in which the AWS Load Balancer Controller says what they are for.',
    'ingress.k8s.aws/resource',
  ),
  'aws-target-group-binding-api-version': text('API of TargetGroupBindings.', 'elbv2.k8s.aws/v1beta1'),
  notifications: toggle(
    'Send notifications as argo-rollouts-notification-configmap says (docs/notifications.md).',
    true,
  ),
  'self-service-notification-enabled': toggle(
    'Let the namespaces of Rollouts have a configuration of notifications of their own.',
  ),
  'rollout-threads': text('Rollouts that are worked on at a time.', '10'),
  'experiment-threads': text('Experiments that are worked on at a time.', '10'),
  'analysis-threads': text('AnalysisRuns that are worked on at a time.', '30'),
  qps: text('Requests a second to the API server at most, on average; 0 leaves it to the server’s answers.', '0'),
  burst: text('Requests that may come at once when --qps is set.', '80'),
  metricsPort: text('Port of /metrics.', '8090'),
  healthzPort: text('Port of /healthz and /readyz.', '8080'),
  'published-metrics-only': toggle('Leave out of /metrics what the published controller does not have.'),
  'enable-pprof-address': text(
    'Loopback address, such as 127.0.0.1:6060, for /debug/pprof/profile and /debug/pprof/heap; empty: none.',
    '',
  ),
  traces: text(
    'Who is told a trace of each release: none; otlp, a collector (OTEL_EXPORTER_OTLP_* variables); or api, an OpenTelemetry SDK that --import loads.',
    'none',
  ),
  loglevel: text('debug, info, warn or error.', 'info'),
  logformat: text('json or text.', 'json'),
  version: toggle('Print the version and end.'),
  help: toggle('Print this and end.'),
} as const satisfies Record<string, Flag>

const noWorkers = 'These objects have no queue here: their changes wake the Rollouts that use them.'
const anyClass = 'The Ingress that a Rollout names is used, whatever its class.'

/**
 * Published flags that have no effect because what they steer is done otherwise, and how: command lines of the published
 * controller start this one too, which says so in its log.
 */
export const mootFlags: Readonly<Record<string, string>> = {
  'rollout-resync': 'Nothing is worked on again without a reason: each object wakes itself when something is due.',
  kloglevel: 'There is no second log: --loglevel is for all.',
  'service-threads': noWorkers,
  'ingress-threads': noWorkers,
  'ephemeral-metadata-threads': 'Pods get their metadata in the pass of their Rollout: --rollout-threads.',
  'ephemeral-metadata-update-pod-retries': 'A refused write is tried again with the pass that it belongs to.',
  'ingress-api-version': 'Ingresses are always those of networking.k8s.io/v1.',
  'nginx-ingress-classes': anyClass,
  'alb-ingress-classes': anyClass,
  'appmesh-crd-version': 'The objects of App Mesh are those of appmesh.k8s.aws/v1beta2.',
}

const noPart = 'Belongs to a part that this version does not have yet.'

/** Published flags that are refused, and why: who sets them expects something that would not happen. */
export const refusedFlags: Readonly<Record<string, string>> = {
  controllers: noPart,
}

/** Flags under the names that they had before, which the published controller still takes. */
const formerNames: Readonly<Record<string, string>> = { metricsport: 'metricsPort' }

const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

const durationMs = z
  .string()
  .regex(duration, { error: ({ input }) => `"${input}" is no duration; expected for example 15s` })
  .transform((value) => {
    const [, count, unit = ''] = duration.exec(value) ?? []
    return Number(count) * (seconds[unit] ?? 0) * 1000
  })

const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

/** A configuration whose values are checked and typed. */
export const configurationSchema = z.object({
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  namespace: z.string().optional(),
  namespaced: z.boolean(),
  'instance-id': z.string(),
  'leader-elect': z.boolean(),
  'leader-election-lease-duration': durationMs,
  'leader-election-renew-deadline': durationMs,
  'leader-election-retry-period': durationMs,
  'config-map-name': z.string().min(1),
  'config-map-namespace': z.string().optional(),
  'istio-api-version': z.enum(istioVersions),
  'traffic-split-api-version': z.enum(trafficSplitVersions),
  'traefik-api-group': z.string().min(1),
  'ambassador-api-version': z.string().min(1),
  'traefik-api-version': z.string().min(1),
  'aws-verify-target-group': z.boolean(),
  'alb-verify-weight': z.boolean(),
  'alb-tag-key-resource-id': z.string().min(1),
  'aws-target-group-binding-api-version': z
    .string()
    .regex(/^[^/]+\/[^/]+$/, 'must be a group and a version, such as elbv2.k8s.aws/v1beta1'),
  notifications: z.boolean(),
  'self-service-notification-enabled': z.boolean(),
  'rollout-threads': whole(1, 1000),
  'experiment-threads': whole(1, 1000),
  'analysis-threads': whole(1, 1000),
  qps: z.coerce.number().min(0),
  burst: whole(1, 100_000),
  metricsPort: whole(0, 65535),
  healthzPort: whole(0, 65535),
  'published-metrics-only': z.boolean(),
  'enable-pprof-address': z.string(),
  traces: z.enum(['none', 'otlp', 'api']),
  loglevel: z.enum(['debug', 'info', 'warn', 'error']),
  logformat: z.enum(['json', 'text']),
  version: z.boolean(),
  help: z.boolean(),
})

/** See {@link configurationSchema}. */
export type Configuration = z.infer<typeof configurationSchema>

const readArguments = (argv: readonly string[]): Record<string, unknown> => {
  try {
    const known = Object.entries(flags).map(([name, { type }]) => [name, { type }] as const)
    const moot = Object.keys(mootFlags).map((name) => [name, { type: 'string', multiple: true }] as const)
    const options = Object.fromEntries([...known, ...moot])
    return parseArgs({ args: [...argv], options, allowNegative: true, strict: true }).values
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError(`${message} Run with --help to see all flags.`, { cause: error })
  }
}

/** `--flag=false` and former names, as Go programs take them: Node's parser wants `--no-flag`. */
const asNodeWritesThem = (argv: readonly string[]): string[] =>
  argv.map((argument) => {
    const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/s.exec(argument) ?? []
    const now = Object.hasOwn(formerNames, name) ? (formerNames[name] ?? name) : name
    const flag = Object.hasOwn(flags, now) ? (flags as Readonly<Record<string, Flag>>)[now] : undefined
    if (flag === undefined) return argument
    if (flag.type === 'boolean' && (value === 'true' || value === 'false'))
      return value === 'true' ? `--${now}` : `--no-${now}`
    return value === undefined ? `--${now}` : `--${now}=${value}`
  })

/** The names of flags in a command line that have no effect; see {@link mootFlags}. */
export const mootFlagsIn = (argv: readonly string[]): readonly string[] => {
  const named = argv.map((argument) => /^--([\w-]+)/.exec(argument)?.[1] ?? '')
  return [...new Set(named)].filter((name) => Object.hasOwn(mootFlags, name))
}

const refuse = (argv: readonly string[]): void => {
  for (const argument of argv) {
    const name = /^--([\w-]+)/.exec(argument)?.[1] ?? ''
    const why = Object.hasOwn(refusedFlags, name) ? refusedFlags[name] : undefined
    if (why !== undefined) throw new ConfigurationError(`--${name} cannot be had; remove it. ${why}`)
  }
}

/** Reads the controller's command line. Throws {@link ConfigurationError}. */
export const parseConfiguration = (argv: readonly string[]): Configuration => {
  refuse(argv)
  const defaults = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, 'default' in flag ? flag.default : undefined]),
  )
  const parsed = configurationSchema.safeParse({ ...defaults, ...readArguments(asNodeWritesThem(argv)) })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigurationError(`${faults.join('; ')}. Run with --help to see all flags.`)
}

const targetGroupsOf = (configuration: Configuration): Pick<RouterVersions, 'targetGroups'> => {
  if (!configuration['aws-verify-target-group'] && !configuration['alb-verify-weight']) return {}
  const [group = '', version = ''] = configuration['aws-target-group-binding-api-version'].split('/')
  const bindings = { ...targetGroupBindings, group, version }
  return { targetGroups: { tagKey: configuration['alb-tag-key-resource-id'], bindings } }
}

/** As published, a version without a group is of `getambassador.io`; the group of the developer preview has its own kind. */
const mappingOf = (apiVersion: string): RouterVersions['mapping'] => {
  const [version = '', group = ambassadorMappings.group] = apiVersion.split('/').toReversed()
  return {
    ...(group === ambassadorPreviewMappings.group ? ambassadorPreviewMappings : ambassadorMappings),
    group,
    version,
  }
}

/** Which API the objects of routers have. As published, the group of a Traefik version yields to the flag for it. */
export const routerVersionsOf = (configuration: Configuration): RouterVersions => {
  const group = configuration['traefik-api-group']
  const version = configuration['traefik-api-version'].split('/').at(-1) ?? traefikServices.version
  return {
    istio: configuration['istio-api-version'],
    trafficSplit: configuration['traffic-split-api-version'],
    mapping: mappingOf(configuration['ambassador-api-version']),
    traefikService: { ...traefikServices, group, version },
    ...targetGroupsOf(configuration),
  }
}

/** Environment variables that the controller reads, with their published names. Their docs are the descriptions. */
export const environmentSchema = z.object({
  POD_NAMESPACE: z
    .string()
    .optional()
    .describe('The namespace of the controller itself. Default: that of its service account, then argo-rollouts.'),
  ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: z
    .string()
    .optional()
    .describe('Prometheus server of metrics that name none, such as http://prometheus.monitoring:9090.'),
  ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: z
    .string()
    .optional()
    .describe(
      'Cluster in which the Jobs of metrics run: `in-cluster`, or the path of a kubeconfig. Default: the same.',
    ),
  ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE: z
    .string()
    .optional()
    .describe('Namespace in which the Jobs of metrics run. Default: that of the AnalysisRun.'),
})

/** See {@link environmentSchema}. A variable that is set to nothing counts as not set. */
export type Environment = z.infer<typeof environmentSchema>

/** Reads the controller's environment variables; all others are left to the libraries and providers that know them. */
export const parseEnvironment = (env: Readonly<Record<string, string | undefined>>): Environment =>
  environmentSchema.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')))

/** The text of `--help`. */
export const helpText = (): string => {
  const width = Math.max(...Object.keys(flags).map((name) => name.length))
  const lines = Object.entries(flags).map(([name, flag]) => {
    const fallback =
      'default' in flag && flag.default !== false && flag.default !== '' ? ` Default ${flag.default}.` : ''
    return `  --${name.padEnd(width)}  ${flag.help}${fallback}`
  })
  return ['Usage: npm run controller -- [flags]', '', ...lines].join('\n')
}
