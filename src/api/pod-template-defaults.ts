import type { Json, JsonObject } from '../lib/json.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object with defaults for the fields that are absent or null. */
const withDefaults = (object: JsonObject, defaults: JsonObject): JsonObject => {
  const present = Object.entries(object).filter(([, value]) => value !== undefined && value !== null)
  return { ...defaults, ...Object.fromEntries(present) }
}

/** The object with one field rewritten, when it holds an object. */
const within = (object: JsonObject, field: string, change: (value: JsonObject) => JsonObject): JsonObject => {
  const value = object[field]
  return isObject(value) ? { ...object, [field]: change(value) } : object
}

/** The object with each object of a list rewritten. */
const each = (object: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject => {
  const list = object[field]
  return Array.isArray(list)
    ? { ...object, [field]: list.map((item) => (isObject(item) ? change(item) : item)) }
    : object
}

const chain =
  (...changes: ((object: JsonObject) => JsonObject)[]) =>
  (object: JsonObject): JsonObject =>
    changes.reduce((changed, change) => change(changed), object)

/** `Always` for an image without a tag or with `latest`, as the API server decides it; a digest counts as a tag. */
const pullPolicyOf = (image: Json | undefined): string => {
  const reference = typeof image === 'string' ? image : ''
  if (reference.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(reference)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

const httpGet = (action: JsonObject): JsonObject => withDefaults(action, { path: '/', scheme: 'HTTP' })

const probe = (value: JsonObject): JsonObject =>
  chain(
    (p) => withDefaults(p, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
    (p) => within(p, 'httpGet', httpGet),
    (p) => within(p, 'grpc', (grpc) => withDefaults(grpc, { service: '' })),
  )(value)

const fieldRef = (value: JsonObject): JsonObject =>
  within(value, 'fieldRef', (reference) => withDefaults(reference, { apiVersion: 'v1' }))

const container = (value: JsonObject): JsonObject =>
  chain(
    (c) =>
      withDefaults(c, {
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: pullPolicyOf(c.image),
      }),
    (c) => each(c, 'ports', (port) => withDefaults(port, { protocol: 'TCP' })),
    (c) => each(c, 'env', (variable) => within(variable, 'valueFrom', fieldRef)),
    (c) => ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce((all, name) => within(all, name, probe), c),
    (c) =>
      within(c, 'lifecycle', (lifecycle) =>
        ['postStart', 'preStop'].reduce(
          (all, hook) => within(all, hook, (handler) => within(handler, 'httpGet', httpGet)),
          lifecycle,
        ),
      ),
  )(value)

const octal644 = 0o644

const volumeSources: Readonly<Record<string, JsonObject>> = {
  secret: { defaultMode: octal644 },
  configMap: { defaultMode: octal644 },
  downwardAPI: { defaultMode: octal644 },
  projected: { defaultMode: octal644 },
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
}

const projectedSource = (source: JsonObject): JsonObject =>
  chain(
    (s) => within(s, 'serviceAccountToken', (token) => withDefaults(token, { expirationSeconds: 3600 })),
    (s) => within(s, 'downwardAPI', (files) => each(files, 'items', fieldRef)),
  )(source)

const volume = (value: JsonObject): JsonObject => {
  const { name, ...sources } = value
  if (Object.values(sources).every((source) => source === undefined || source === null)) {
    return { ...(name === undefined ? {} : { name }), emptyDir: {} }
  }
  const defaulted = Object.entries(volumeSources).reduce(
    (all, [source, defaults]) => within(all, source, (object) => withDefaults(object, defaults)),
    value,
  )
  return chain(
    (v) => within(v, 'downwardAPI', (files) => each(files, 'items', fieldRef)),
    (v) => within(v, 'projected', (projected) => each(projected, 'sources', projectedSource)),
    (v) => within(v, 'image', (image) => withDefaults(image, { pullPolicy: pullPolicyOf(image.reference) })),
    (v) =>
      within(v, 'ephemeral', (ephemeral) =>
        within(ephemeral, 'volumeClaimTemplate', (claim) =>
          within(claim, 'spec', (spec) => withDefaults(spec, { volumeMode: 'Filesystem' })),
        ),
      ),
  )(defaulted)
}

const podSpec = (value: JsonObject): JsonObject =>
  chain(
    (spec) =>
      withDefaults(spec, {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        terminationGracePeriodSeconds: 30,
        securityContext: {},
      }),
    (spec) =>
      ['containers', 'initContainers', 'ephemeralContainers'].reduce((all, list) => each(all, list, container), spec),
    (spec) => each(spec, 'volumes', volume),
  )(value)

/**
 * A pod template with the defaults that the API server writes into the template of a ReplicaSet (k8s.io/kubernetes,
 * `pkg/apis/core/v1/defaults.go`; those of a Pod itself, such as `enableServiceLinks`, are not among them).
 * A Rollout's own template is stored as written, so the two are comparable only after this. Idempotent.
 */
export const withPodTemplateDefaults = (template: JsonObject): JsonObject =>
  within({ ...template, spec: template.spec ?? {} }, 'spec', podSpec)
