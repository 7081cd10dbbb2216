import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAnalysisTemplateManifest } from '../../../src/api/analysis-template.ts'
import { formatFieldError } from '../../../src/api/field-error.ts'
import type { Parsed } from '../../../src/api/parse.ts'
import { parseRollout, parseRolloutManifest } from '../../../src/api/rollout.ts'

const rollout = (spec: unknown): unknown => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec,
})

const withTemplate = (template: unknown): unknown => rollout({ template })

const faultsOf = (parsed: Parsed<unknown>): string[] => (parsed.ok ? [] : parsed.errors.map(formatFieldError))

test('a well-formed object comes out as it went in, with fields that nobody knows', () => {
  const raw = rollout({ replicas: 2, fieldOfTomorrow: { deep: [1] } })
  const parsed = parseRolloutManifest(raw)
  assert.ok(parsed.ok)
  assert.equal(parsed.value, raw)
})

test('a null field is an absent one', () => {
  const parsed = parseRolloutManifest(
    rollout({ replicas: null, strategy: { canary: { steps: [{ setWeight: 10, pause: null }] } } }),
  )
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.value.spec, { strategy: { canary: { steps: [{ setWeight: 10 }] } } })
})

test('nulls in a pod template are absent at any depth', () => {
  const parsed = parseRolloutManifest(
    withTemplate({ metadata: { creationTimestamp: null }, spec: { containers: [{ name: 'app', resources: null }] } }),
  )
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.value.spec.template, { metadata: {}, spec: { containers: [{ name: 'app' }] } })
})

test('content that belongs to a plugin keeps its nulls', () => {
  const plugins = { 'example/router': { route: null } }
  const parsed = parseRolloutManifest(
    rollout({ replicas: null, strategy: { canary: { trafficRouting: { plugins } } } }),
  )
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.value.spec.strategy?.canary?.trafficRouting?.plugins, plugins)
})

test('every fault of an object is reported with its path', () => {
  const cases: [spec: unknown, faults: string[]][] = [
    [{ replicas: 'two' }, ['spec.replicas: Invalid value: "string": must be of type integer']],
    [{ replicas: 1.5 }, ['spec.replicas: Invalid value: "number": must be of type integer']],
    [{ replicas: 3_000_000_000 }, ['spec.replicas: Invalid value: 3000000000: must be at most 2147483647']],
    [{ paused: 'yes' }, ['spec.paused: Invalid value: "string": must be of type boolean']],
    [{ restartAt: 'soon' }, ['spec.restartAt: Invalid value: "soon": must be a date and time in RFC 3339']],
    [{ strategy: [] }, ['spec.strategy: Invalid value: "array": must be of type object']],
    [{ strategy: { blueGreen: {} } }, ['spec.strategy.blueGreen.activeService: Required value']],
    [
      { strategy: { canary: { steps: [{ setWeight: 5 }, 'pause'], maxSurge: true } } },
      [
        'spec.strategy.canary.steps[1]: Invalid value: "string": must be of type object',
        'spec.strategy.canary.maxSurge: Invalid value: "boolean": must be of type integer or string',
      ],
    ],
    [
      { selector: { matchLabels: { 'example.com/tier': 1 } } },
      ['spec.selector.matchLabels[example.com/tier]: Invalid value: "integer": must be of type string'],
    ],
    [
      { strategy: { canary: { trafficRouting: { plugins: 'none' } } } },
      ['spec.strategy.canary.trafficRouting.plugins: Invalid value: "string": must be an object'],
    ],
  ]
  for (const [spec, faults] of cases) assert.deepEqual(faultsOf(parseRolloutManifest(rollout(spec))), faults)
})

test('a pod template of a wrong shape is refused where the shape is wrong', () => {
  const cases: [template: unknown, fault: string][] = [
    ['app', 'spec.template: Invalid value: "string": must be of type object'],
    [{ spec: { containers: {} } }, 'spec.template.spec.containers: Invalid value: "object": must be of type array'],
    [{ spec: { volumes: [null] } }, 'spec.template.spec.volumes[0]: Invalid value: "null": must be of type object'],
    [
      { spec: { containers: [{ env: [{ name: 'A', value: 1 }] }] } },
      'spec.template.spec.containers[0].env[0].value: Invalid value: "integer": must be of type string',
    ],
    [
      { spec: { containers: [{ livenessProbe: { httpGet: { port: false } } }] } },
      'spec.template.spec.containers[0].livenessProbe.httpGet.port: Invalid value: "boolean": must be of type integer or string',
    ],
    [
      { metadata: { labels: { app: 1 } } },
      'spec.template.metadata.labels[app]: Invalid value: "integer": must be of type string',
    ],
  ]
  for (const [template, fault] of cases) {
    assert.deepEqual(faultsOf(parseRolloutManifest(withTemplate(template))), [fault])
  }
})

test('an amount that is no quantity is shown, since the API server lets it through', () => {
  const template = { spec: { containers: [{ name: 'app', resources: { requests: { cpu: 'much', memory: '1Gi' } } }] } }
  const [fault = '', ...others] = faultsOf(parseRolloutManifest(withTemplate(template)))
  assert.match(fault, /^spec\.template\.spec\.containers\[0\]\.resources\.requests\[cpu\]: Invalid value: "much": /)
  assert.deepEqual(others, [])
})

test('a value in a field of another type is never shown: it may be a secret', () => {
  const parsed = parseAnalysisTemplateManifest({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'errors' },
    spec: {
      metrics: [
        {
          name: 'rate',
          provider: { prometheus: { authentication: { basicAuth: { password: 271828 } } } },
        },
      ],
    },
  })
  assert.deepEqual(faultsOf(parsed), [
    'spec.metrics[0].provider.prometheus.authentication.basicAuth.password: Invalid value: "integer": must be of type string',
  ])
})

test('a choice outside the known ones names those', () => {
  const parsed = parseAnalysisTemplateManifest({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'errors' },
    spec: { metrics: [{ name: 'rate', provider: { datadog: { apiVersion: 'v3' } } }] },
  })
  assert.deepEqual(faultsOf(parsed), [
    'spec.metrics[0].provider.datadog.apiVersion: Unsupported value: "v3": supported values: "v1", "v2"',
  ])
})

test('an object of another kind, or none at all, is refused', () => {
  assert.deepEqual(
    faultsOf(parseRolloutManifest({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: {} })),
    [
      'apiVersion: Unsupported value: "apps/v1": supported values: "argoproj.io/v1alpha1"',
      'kind: Unsupported value: "Deployment": supported values: "Rollout"',
    ],
  )
  assert.deepEqual(faultsOf(parseRolloutManifest(null)), ['Invalid value: "null": must be of type object'])
})

test('a stored object has what a server adds; a manifest need not', () => {
  const manifest = rollout({})
  assert.ok(parseRolloutManifest(manifest).ok)
  assert.deepEqual(faultsOf(parseRollout(manifest)), [
    'metadata.uid: Required value',
    'metadata.resourceVersion: Required value',
    'metadata.creationTimestamp: Required value',
  ])
})
