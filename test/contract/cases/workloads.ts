import assert from 'node:assert/strict'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { refusal } from '../client.ts'
import { deployments, jobs, podTemplate, replicaSet, replicaSets, services } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

/** A template that uses most of what people write, so that every default shows. */
const richTemplate: JsonObject = {
  metadata: { labels: { app: 'a' }, annotations: { note: 'x' } },
  spec: {
    initContainers: [{ name: 'init', image: 'init' }],
    containers: [
      {
        name: 'app',
        image: 'registry:5000/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
        ports: [{ containerPort: 80, name: 'http' }],
        env: [
          { name: 'A', value: '' },
          { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        livenessProbe: { httpGet: { port: 'http' } },
        readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 },
        startupProbe: { grpc: { port: 90 } },
        lifecycle: { preStop: { exec: { command: ['sleep', '5'] } }, postStart: { httpGet: { port: 80 } } },
        resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '0.1' } },
        volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: 'config' } },
      { name: 'secret', secret: { secretName: 'secret' } },
      { name: 'scratch' },
      { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      { name: 'host', hostPath: { path: '/tmp' } },
    ],
  },
}

/** Kinds that a release is made of. */
export const workloadCases: readonly ContractCase[] = [
  {
    name: 'says everything that is wrong with a ReplicaSet at once',
    async run(client) {
      const error = await refusal(
        client.create(replicaSets, {
          metadata: { name: 'a' },
          spec: {
            replicas: -1,
            selector: { matchLabels: { a: 'b' } },
            template: {
              metadata: { labels: { a: 'c' } },
              spec: {
                restartPolicy: 'Never',
                containers: [
                  { name: 'A_' },
                  { image: 'x', resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
                ],
              },
            },
          },
        }),
      )
      assert.equal(error.code, 422)
      assert.ok(error.serverMessage.startsWith('ReplicaSet.apps "a" is invalid: ['))
      assert.deepEqual(
        error.causes.map(({ field, reason }) => [field, reason]),
        [
          ['spec.replicas', 'FieldValueInvalid'],
          ['spec.template.metadata.labels', 'FieldValueInvalid'],
          ['spec.template.spec.containers[0].name', 'FieldValueInvalid'],
          ['spec.template.spec.containers[0].image', 'FieldValueRequired'],
          ['spec.template.spec.containers[1].name', 'FieldValueRequired'],
          ['spec.template.spec.containers[1].resources.requests', 'FieldValueInvalid'],
          ['spec.template.spec.restartPolicy', 'FieldValueNotSupported'],
        ],
      )
    },
  },
  {
    name: 'refuses what cannot be read as a ReplicaSet',
    async run(client) {
      const error = await refusal(client.create(replicaSets, { metadata: { name: 'a' }, spec: { replicas: '3' } }))
      assert.equal(error.code, 400)
      assert.equal(
        error.serverMessage,
        'ReplicaSet in version "v1" cannot be handled as a ReplicaSet: json: cannot unmarshal string into Go struct field ReplicaSetSpec.spec.replicas of type int32',
      )
    },
  },
  {
    name: 'lets nobody change the selector of a ReplicaSet',
    async run(client) {
      await client.create(replicaSets, replicaSet('a'))
      const selector = { matchLabels: { app: 'a', more: 'x' } }
      const metadata = { labels: { app: 'a', more: 'x' } }
      const error = await refusal(client.patch(replicaSets, 'a', { spec: { selector, template: { metadata } } }))
      assert.equal(error.code, 422)
      assert.equal(error.causes[0]?.field, 'spec.selector')
      assert.match(String(error.causes[0]?.message), /field is immutable$/)
    },
  },
  {
    name: 'fills in the defaults of a pod template',
    async run(client) {
      const spec = { selector: { matchLabels: { app: 'a' } }, template: richTemplate }
      const created = await client.create(replicaSets, { metadata: { name: 'a' }, spec })
      const template = objectOr(objectOr(created.spec).template)
      const container = objectOr((objectOr(template.spec).containers as JsonObject[])[0])
      assert.equal(objectOr(created.spec).replicas, 1)
      assert.equal(container.imagePullPolicy, 'IfNotPresent')
      assert.deepEqual(container.livenessProbe, {
        httpGet: { path: '/', port: 'http', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      })
      assert.deepEqual(withoutNulls(template), expectedTemplate)
    },
  },
  {
    name: 'fills in the defaults of a Deployment',
    async run(client) {
      const { spec } = replicaSet('a') as { spec: JsonObject }
      const { replicas: _replicas, ...rest } = spec
      const created = objectOr((await client.create(deployments, { metadata: { name: 'a' }, spec: rest })).spec)
      const { template: _template, selector: _selector, ...defaults } = created
      assert.deepEqual(defaults, {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      })
    },
  },
  {
    name: 'gives a Job a selector and labels of its own',
    async run(client) {
      const { spec } = podTemplate('a')
      const template = { spec: { ...objectOr(spec), restartPolicy: 'Never' } }
      const created = await client.create(jobs, { metadata: { name: 'a' }, spec: { template } })
      const { uid } = objectOr(created.metadata)
      const { template: made, ...rest } = objectOr(created.spec)
      assert.deepEqual(objectOr(objectOr(made).metadata).labels, {
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': 'a',
        'controller-uid': uid,
        'job-name': 'a',
      })
      assert.deepEqual(rest, {
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        completions: 1,
        manualSelector: false,
        parallelism: 1,
        podReplacementPolicy: 'TerminatingOrFailed',
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
        suspend: false,
      })
    },
  },
  {
    name: 'gives a Service an address that stays',
    async run(client) {
      const spec = { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 'http' }] }
      const created = await client.create(services, { metadata: { name: 'a' }, spec })
      const { clusterIP, clusterIPs, ...rest } = objectOr(created.spec)
      assert.match(String(clusterIP), /^10\.96\.\d+\.\d+$/)
      assert.deepEqual(clusterIPs, [clusterIP])
      assert.deepEqual(rest, {
        ...spec,
        ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }],
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        sessionAffinity: 'None',
        type: 'ClusterIP',
      })
      const patched = await client.patch(services, 'a', { spec: { selector: { app: 'b' } } })
      assert.equal(objectOr(patched.spec).clusterIP, clusterIP)
    },
  },
]

/** Go writes some empty members that mean nothing. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]))
}

const expectedTemplate: JsonObject = {
  metadata: { labels: { app: 'a' }, annotations: { note: 'x' } },
  spec: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    initContainers: [
      {
        name: 'init',
        image: 'init',
        imagePullPolicy: 'Always',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    containers: [
      {
        name: 'app',
        image: 'registry:5000/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }],
        env: [
          { name: 'A' },
          { name: 'POD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        ],
        livenessProbe: {
          httpGet: { path: '/', port: 'http', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        readinessProbe: {
          tcpSocket: { port: 80 },
          timeoutSeconds: 1,
          periodSeconds: 5,
          successThreshold: 1,
          failureThreshold: 3,
        },
        startupProbe: {
          grpc: { port: 90, service: '' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        lifecycle: {
          preStop: { exec: { command: ['sleep', '5'] } },
          postStart: { httpGet: { path: '/', port: 80, scheme: 'HTTP' } },
        },
        resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '100m' } },
        volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: 'config', defaultMode: 420 } },
      { name: 'secret', secret: { secretName: 'secret', defaultMode: 420 } },
      { name: 'scratch', emptyDir: {} },
      {
        name: 'all',
        projected: {
          defaultMode: 420,
          sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
        },
      },
      { name: 'host', hostPath: { path: '/tmp', type: '' } },
    ],
  },
}
