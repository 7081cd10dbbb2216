import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPodTemplateDefaults } from '../../../src/api/pod-template-defaults.ts'
import { samePodTemplate } from '../../../src/api/pod-template-equality.ts'
import type { JsonObject } from '../../../src/lib/json.ts'

const desired = {
  metadata: { labels: { app: 'web' } },
  spec: {
    serviceAccountName: 'web',
    volumes: [{ name: 'config', configMap: { name: 'web' } }, { name: 'scratch' }],
    containers: [
      {
        name: 'main',
        image: 'registry.example:5000/app:1.2',
        env: [{ name: 'MODE', value: 'fast' }],
        ports: [{ containerPort: 8080 }],
        resources: { limits: { memory: '1024Mi' } },
        readinessProbe: { httpGet: { port: 8080 } },
      },
    ],
  },
} satisfies JsonObject

/** What the API server makes of it in a ReplicaSet: every default written out, and the deprecated account field. */
const live: JsonObject = {
  metadata: { creationTimestamp: null, labels: { 'rollouts-pod-template-hash': 'abc', app: 'web' } },
  spec: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    serviceAccount: 'web',
    serviceAccountName: 'web',
    terminationGracePeriodSeconds: 30,
    volumes: [
      { name: 'config', configMap: { name: 'web', defaultMode: 420 } },
      { name: 'scratch', emptyDir: {} },
    ],
    containers: [
      {
        name: 'main',
        image: 'registry.example:5000/app:1.2',
        imagePullPolicy: 'IfNotPresent',
        env: [{ name: 'MODE', value: 'fast' }],
        ports: [{ containerPort: 8080, protocol: 'TCP' }],
        resources: { limits: { memory: '1Gi' } },
        readinessProbe: {
          httpGet: { path: '/', port: 8080, scheme: 'HTTP' },
          failureThreshold: 3,
          periodSeconds: 10,
          successThreshold: 1,
          timeoutSeconds: 1,
        },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
  },
}

const labels = ['rollouts-pod-template-hash']

const changed = (path: string, change: (container: JsonObject) => void): JsonObject => {
  const copy = structuredClone(live)
  const container = (copy.spec as { containers: JsonObject[] }).containers[0]
  assert.ok(container, path)
  change(container)
  return copy
}

test('a template is the same after the server has written its defaults', () => {
  assert.ok(samePodTemplate(live, desired, { labels }))
})

test('another image, variable, port, amount or label is a different template', () => {
  const others = [
    changed('image', (container) => Object.assign(container, { image: 'registry.example:5000/app:1.3' })),
    changed('env', (container) => Object.assign(container, { env: [{ name: 'MODE', value: 'slow' }] })),
    changed('ports', (container) => Object.assign(container, { ports: [{ containerPort: 8081, protocol: 'TCP' }] })),
    changed('amount', (container) => Object.assign(container, { resources: { limits: { memory: '2Gi' } } })),
    { ...live, metadata: { labels: { app: 'other' } } },
  ]
  for (const other of others) assert.ok(!samePodTemplate(other, desired, { labels }))
})

test('the hash label counts unless it is named as injected', () => {
  assert.ok(!samePodTemplate(live, desired))
})

test('ephemeral metadata and an injected anti-affinity do not count on the live side', () => {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { x: 'y' } } }
  const injected: JsonObject = {
    ...live,
    metadata: { labels: { app: 'web', role: 'canary', 'rollouts-pod-template-hash': 'abc' } },
    spec: {
      ...(live.spec as JsonObject),
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    },
  }
  const isInjectedTerm = (candidate: JsonObject): boolean => candidate.topologyKey === 'kubernetes.io/hostname'
  assert.ok(samePodTemplate(injected, desired, { labels, metadata: { labels: { role: 'canary' } }, isInjectedTerm }))
  assert.ok(!samePodTemplate(injected, desired, { labels }))
})

test('an image without a tag is pulled always, one with a tag or digest is not', () => {
  const policyOf = (image: string): unknown => {
    const spec = withPodTemplateDefaults({ spec: { containers: [{ name: 'main', image }] } }).spec as JsonObject
    return (spec.containers as JsonObject[])[0]?.imagePullPolicy
  }
  assert.equal(policyOf('app'), 'Always')
  assert.equal(policyOf('registry.example:5000/app'), 'Always')
  assert.equal(policyOf('app:latest'), 'Always')
  assert.equal(policyOf('app:1'), 'IfNotPresent')
  assert.equal(policyOf('app@sha256:0123'), 'IfNotPresent')
})

test('writing the defaults twice is writing them once', () => {
  const once = withPodTemplateDefaults(desired)
  assert.deepEqual(withPodTemplateDefaults(once), once)
})
