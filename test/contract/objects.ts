import type { Resource } from '../../src/kube/resource.ts'
import type { JsonObject } from '../../src/lib/json.ts'

const resource = (group: string, kind: string, plural: string, version = 'v1'): Resource => ({
  group,
  version,
  kind,
  plural,
  namespaced: true,
})

export const configMaps = resource('', 'ConfigMap', 'configmaps')
export const services = resource('', 'Service', 'services')
export const events = resource('', 'Event', 'events')
export const pods = resource('', 'Pod', 'pods')
export const serviceAccounts = resource('', 'ServiceAccount', 'serviceaccounts')
export const replicaSets = resource('apps', 'ReplicaSet', 'replicasets')
export const deployments = resource('apps', 'Deployment', 'deployments')
export const jobs = resource('batch', 'Job', 'jobs')
export const leases = resource('coordination.k8s.io', 'Lease', 'leases')
export const disruptionBudgets = resource('policy', 'PodDisruptionBudget', 'poddisruptionbudgets')
export const widgets = resource('contract.example.com', 'Widget', 'widgets')

/** A pod template with one container and the labels `app: <app>`. */
export const podTemplate = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
})

/** A ReplicaSet (or, with the same spec, a Deployment) of two pods. */
export const replicaSet = (name: string): JsonObject => ({
  metadata: { name },
  spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: podTemplate(name) },
})

/** A ConfigMap with labels. */
export const configMap = (name: string, labels: JsonObject = {}): JsonObject => ({
  metadata: { name, labels },
  data: { a: '1' },
})

/** A Widget that its CRD accepts. */
export const widget = (name: string, spec: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: { template: 'abc', ...spec },
})

const steps: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      setWeight: { type: 'integer', format: 'int32', minimum: 0, maximum: 100 },
      pause: { type: 'object', properties: { duration: { 'x-kubernetes-int-or-string': true } } },
    },
  },
}

const ports: JsonObject = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['port', 'protocol'],
  items: {
    type: 'object',
    required: ['port'],
    properties: {
      port: { type: 'integer' },
      protocol: { type: 'string', default: 'TCP' },
      name: { type: 'string' },
    },
  },
}

const spec: JsonObject = {
  type: 'object',
  required: ['template'],
  properties: {
    replicas: { type: 'integer', format: 'int32', minimum: 0 },
    template: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
    surge: { 'x-kubernetes-int-or-string': true },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    steps,
    ports,
    selector: {
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { matchLabels: { type: 'object', additionalProperties: { type: 'string' } } },
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
    },
  },
}

/** The CRD of the custom kind that the cases use; both servers have it before the cases begin. */
export const widgetCrd: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.contract.example.com' },
  spec: {
    group: 'contract.example.com',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
}
