import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { manifestFiles } from '../../../scripts/generate/manifests.ts'
import { formatYamlDocuments, parseYaml, parseYamlDocuments } from '../../../src/lib/yaml.ts'
import { kubectl } from '../harness/kubectl.ts'
import { type ChartPlane, startChartPlane } from './chart-plane.ts'
import { chartFolder } from './helm.ts'

const rendered = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.unknown().optional(),
  rules: z
    .array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }))
    .optional(),
})

const switchable = z.object({
  routers: z.record(z.string(), z.boolean()),
  providers: z.record(z.string(), z.boolean()),
})

type Rendered = z.infer<typeof rendered>

/** Stands for the Prometheus operator, whose CRDs are not at hand: names and groups are its own, fields are not checked. */
const monitorCrd = (kind: string) => {
  const plural = `${kind.toLowerCase()}s`
  const group = 'monitoring.coreos.com'
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  }
}

/** Every switch of the chart, and what must be there because of it, or no more. */
const switches: readonly {
  readonly values: readonly string[]
  readonly json?: readonly string[]
  readonly has?: string
  readonly lacks?: string
}[] = [
  { values: [], has: 'PodDisruptionBudget/crossfade', lacks: 'NetworkPolicy/crossfade' },
  { values: ['crds.install=false'], lacks: 'CustomResourceDefinition/rollouts.argoproj.io' },
  { values: ['crds.keep=false', 'crds.annotations.team=ours'], has: 'CustomResourceDefinition/rollouts.argoproj.io' },
  { values: ['namespaced=true'], has: 'Role/crossfade', lacks: 'ClusterRole/crossfade' },
  { values: ['rbac.create=false'], has: 'ClusterRole/crossfade-aggregate-to-view', lacks: 'ClusterRole/crossfade' },
  { values: ['rbac.aggregate=false'], lacks: 'ClusterRole/crossfade-aggregate-to-edit' },
  { values: ['serviceAccount.create=false', 'serviceAccount.name=mine'], lacks: 'ServiceAccount/crossfade' },
  { values: ['serviceAccount.annotations.role=aws'], has: 'ServiceAccount/crossfade' },
  { values: ['podDisruptionBudget.enabled=false'], lacks: 'PodDisruptionBudget/crossfade' },
  { values: ['podDisruptionBudget.maxUnavailable=50%'], has: 'PodDisruptionBudget/crossfade' },
  { values: ['networkPolicy.enabled=true'], has: 'NetworkPolicy/crossfade' },
  {
    values: ['networkPolicy.enabled=true'],
    json: ['networkPolicy.metricsFrom=[{"namespaceSelector":{}}]', 'networkPolicy.egress=[{"ports":[{"port":443}]}]'],
    has: 'NetworkPolicy/crossfade',
  },
  { values: ['metrics.service.enabled=false'], lacks: 'Service/crossfade-metrics' },
  {
    values: ['metrics.serviceMonitor.enabled=true', 'metrics.serviceMonitor.labels.release=p'],
    has: 'ServiceMonitor/crossfade',
  },
  { values: ['metrics.podMonitor.enabled=true', 'metrics.podMonitor.interval=10s'], has: 'PodMonitor/crossfade' },
  { values: ['metrics.alerts.enabled=true', 'metrics.alerts.labels.role=alerts'], has: 'PrometheusRule/crossfade' },
  { values: ['metrics.dashboards.enabled=true'], has: 'ConfigMap/crossfade-dashboard-releases' },
  {
    values: ['config.create=true'],
    json: ['config.metricProviderPlugins=[{"name":"acme/metric","location":"http://metric.acme"}]'],
    has: 'ConfigMap/argo-rollouts-config',
  },
  { values: ['flags.config-map-name=plugins', 'config.create=true'], has: 'ConfigMap/plugins' },
  { values: ['instanceId=blue', 'fullnameOverride=cf', 'image.tag=1.2.3'], has: 'Deployment/cf' },
  { values: ['nameOverride=delivery', `image.digest=sha256:${'0'.repeat(64)}`], has: 'Deployment/crossfade-delivery' },
  {
    values: ['priorityClassName=system-cluster-critical', 'podLabels.team=ours', 'podAnnotations.note=yes'],
    json: [
      'imagePullSecrets=[{"name":"pull"}]',
      'nodeSelector={"kubernetes.io/os":"linux"}',
      'tolerations=[{"operator":"Exists"}]',
      'affinity={"nodeAffinity":{}}',
      'topologySpreadConstraints=[{"topologyKey":"zone","maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}]',
      'extraEnv=[{"name":"ARGO_ROLLOUTS_PROMETHEUS_ADDRESS","value":"http://prometheus:9090"}]',
      'extraVolumes=[{"name":"certificates","emptyDir":{}}]',
      'extraVolumeMounts=[{"name":"certificates","mountPath":"/certificates"}]',
      'podSecurityContext={"runAsNonRoot":true}',
    ],
    has: 'Deployment/crossfade',
  },
  { values: ['notifications.enabled=false'], lacks: 'Role/crossfade-notifications' },
  {
    values: ['notifications.configMap.create=true', 'notifications.secret.create=true'],
    json: ['notifications.secret.data={"slack-token":"x"}'],
    has: 'ConfigMap/argo-rollouts-notification-configmap',
  },
  { values: ['notifications.selfService=true', 'namespaced=true'], has: 'Role/crossfade-notifications' },
]

const repository = join(import.meta.dirname, '..', '..', '..')

const nameOf = ({ kind, metadata }: Rendered): string => `${kind}/${metadata.name}`

describe('the switches of the chart', () => {
  let cluster: ChartPlane

  before(async () => {
    cluster = await startChartPlane()
    for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule']) {
      await kubectl(cluster.plane, ['apply', '-f', '-'], JSON.stringify(monitorCrd(kind)))
    }
    await cluster.kubectl('wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all')
    await cluster.kubectl('create', 'namespace', 'crossfade')
  })
  after(() => cluster.stop())

  const render = async (values: readonly string[], json: readonly string[] = []): Promise<readonly Rendered[]> => {
    const options = [...values.flatMap((value) => ['--set', value]), ...json.flatMap((value) => ['--set-json', value])]
    const text = await cluster.helm.run('template', 'crossfade', chartFolder, '--namespace', 'crossfade', ...options)
    return parseYamlDocuments(text).flatMap((document) => (document === null ? [] : [rendered.parse(document)]))
  }

  for (const { values, json, has, lacks } of switches) {
    it(`${[...values, ...(json ?? [])].join(' ') || 'all defaults'}: the API server takes every object as it is`, async () => {
      const objects = await render(values, json)
      const names = objects.map(nameOf)
      if (has !== undefined) assert.ok(names.includes(has), names.join('\n'))
      if (lacks !== undefined) assert.ok(!names.includes(lacks), lacks)
      const manifest = formatYamlDocuments(objects)
      await kubectl(
        cluster.plane,
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--namespace', 'crossfade', '-f', '-'],
        manifest,
      )
    })
  }

  it('without routers and without what providers need there is no right to change their objects', async () => {
    const { routers, providers } = switchable.parse(parseYaml(await cluster.helm.run('show', 'values', chartFolder)))
    const settings = [
      ...Object.keys(routers).map((name) => `routers.${name}=false`),
      ...Object.keys(providers).map((name) => `providers.${name}=false`),
    ]
    const objects = await render(settings)
    const rules = objects.find((object) => nameOf(object) === 'ClusterRole/crossfade')?.rules ?? []
    const groups = new Set(rules.flatMap(({ apiGroups }) => apiGroups))
    assert.deepEqual([...groups].toSorted(), ['', 'apps', 'argoproj.io', 'batch'])
    assert.ok(!rules.some(({ resources }) => resources.includes('secrets')))
    const jobs = rules.find(({ resources }) => resources.includes('jobs'))
    assert.deepEqual(jobs?.verbs, ['get', 'list', 'watch'])
  })

  for (const [mistake, message] of [
    ['replica=3', /additional properties 'replica' not allowed/],
    ['flags.rollout-thread=3', /additional properties 'rollout-thread' not allowed/],
    ['flags.rollout-threads=0', /\/flags\/rollout-threads': minimum: got 0, want 1/],
    ['flags.leader-election-retry-period=5', /\/flags\/leader-election-retry-period': got number, want string/],
    ['routers.nginx=yes', /\/routers\/nginx': got string, want boolean/],
  ] as const) {
    it(`${mistake} is refused before anything is written`, async () => {
      const { code, stderr } = await cluster.helm.attempt('template', 'x', chartFolder, '--set', mistake)
      assert.notEqual(code, 0)
      assert.match(stderr, message)
    })
  }

  it('helm lint has nothing to say against it', async () => {
    await cluster.helm.run('lint', '--strict', chartFolder)
  })

  it('CRDs that came by other means are left alone, until the release is told to take them over', async () => {
    await cluster.kubectl('apply', '--server-side', '-f', join(repository, 'crds'))
    const install = ['install', 'taken', chartFolder, '--namespace', 'crossfade']
    const { code, stderr } = await cluster.helm.attempt(...install)
    assert.notEqual(code, 0)
    assert.match(stderr, /invalid ownership metadata/)
    await cluster.helm.run(...install, '--take-ownership')
    await cluster.helm.run('uninstall', 'taken', '--namespace', 'crossfade')
    await cluster.kubectl('get', 'crd', 'rollouts.argoproj.io')
  })

  it('the plain manifests are those of the chart (after a change: npm run manifests), and Kustomize takes them', async () => {
    const folder = join(repository, 'manifests')
    for (const [path, text] of await manifestFiles((...args) => cluster.helm.run(...args))) {
      assert.ok((await readFile(join(folder, path), 'utf8')) === text, `manifests/${path} is not up to date`)
    }
    for (const base of ['namespace-install', 'cluster-install']) {
      const said = await cluster.kubectl(
        ...['apply', '--server-side', '--dry-run=server', '--validate=strict', '-k', join(folder, base)],
      )
      assert.match(said, /deployment\.apps\/crossfade serverside-applied/)
    }
  })
})
