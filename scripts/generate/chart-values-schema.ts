import * as z from 'zod'
import { configurationSchema, flags } from '../../src/operator/configuration.ts'
import { providerPermissions, routerPermissions } from '../../src/operator/permissions.ts'

/** Flags that are settled by other values of the chart, or that make no sense in a pod. */
const notAsFlag: readonly string[] = [
  ...['kubeconfig', 'context', 'namespace', 'namespaced', 'instance-id', 'leader-elect'],
  ...['metricsPort', 'healthzPort', 'version', 'help', 'notifications', 'self-service-notification-enabled'],
]

const flagSchema = (name: string): z.ZodType => {
  const schemas: Readonly<Record<string, z.ZodType>> = configurationSchema.shape
  const schema = schemas[name]
  if (schema === undefined) throw new Error(`writing values.schema.json: --${name} has no schema`)
  return schema
}

/** The flags that people may set, each as the controller itself checks it. */
const flagValues = () =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(flags)
        .filter(([name]) => !notAsFlag.some((other) => other === name))
        .map(([name, { help }]) => [name, flagSchema(name).optional().describe(help)]),
    ),
  )

/** A part that Kubernetes checks: it is handed on as it is. */
const handedOn = z.record(z.string(), z.unknown())
const handedOnList = z.array(handedOn)
const texts = z.record(z.string(), z.string())
const switches = (names: Readonly<Record<string, unknown>>) =>
  z.strictObject(Object.fromEntries(Object.keys(names).map((name) => [name, z.boolean()])))

const monitor = z.strictObject({
  enabled: z.boolean(),
  interval: z.string().regex(/^\d+(ms|s|m|h)$/),
  labels: texts,
})
const labelled = z.strictObject({ enabled: z.boolean(), labels: texts })

const values = () =>
  z.strictObject({
    // Given by Helm to each chart that another one includes.
    global: handedOn.optional(),
    image: z.strictObject({
      repository: z.string().min(1),
      tag: z.string(),
      digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
      pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    }),
    imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })),
    nameOverride: z.string(),
    fullnameOverride: z.string(),
    replicas: z.int().min(0).max(100),
    instanceId: z.string().regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/),
    namespaced: z.boolean(),
    flags: flagValues(),
    extraEnv: handedOnList,
    extraVolumes: handedOnList,
    extraVolumeMounts: handedOnList,
    config: z.strictObject({
      create: z.boolean(),
      metricProviderPlugins: handedOnList,
      trafficRouterPlugins: handedOnList,
      stepPlugins: handedOnList,
    }),
    notifications: z.strictObject({
      enabled: z.boolean(),
      selfService: z.boolean(),
      configMap: z.strictObject({ create: z.boolean(), data: texts }),
      secret: z.strictObject({ create: z.boolean(), data: texts }),
    }),
    routers: switches(routerPermissions),
    providers: switches({ ...providerPermissions, secrets: true }),
    rbac: z.strictObject({ create: z.boolean(), aggregate: z.boolean() }),
    serviceAccount: z.strictObject({ create: z.boolean(), name: z.string(), annotations: texts }),
    crds: z.strictObject({ install: z.boolean(), keep: z.boolean(), annotations: texts }),
    resources: handedOn,
    podDisruptionBudget: z.strictObject({
      enabled: z.boolean(),
      maxUnavailable: z.union([z.int().min(0), z.string().regex(/^\d+%$/)]),
    }),
    topologySpreadConstraints: handedOnList,
    priorityClassName: z.string(),
    podAnnotations: texts,
    podLabels: texts,
    nodeSelector: texts,
    tolerations: handedOnList,
    affinity: handedOn,
    podSecurityContext: handedOn,
    securityContext: handedOn,
    networkPolicy: z.strictObject({ enabled: z.boolean(), metricsFrom: handedOnList, egress: handedOnList }),
    metrics: z.strictObject({
      service: z.strictObject({ enabled: z.boolean(), annotations: texts }),
      serviceMonitor: monitor,
      podMonitor: monitor,
      alerts: labelled,
      dashboards: z.strictObject({ enabled: z.boolean(), labels: texts, annotations: texts }),
    }),
  })

/** The JSON Schema of the chart's values: what helm checks before it writes anything. */
export const chartValuesSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(values(), { target: 'draft-7', io: 'input' }), undefined, 2)}\n`
