import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rollout } from '../../../src/api/rollout.ts'
import type { NginxRouting } from '../../../src/api/routers/nginx.ts'
import { canaryIngressName } from '../../../src/routers/nginx/canary-ingress.ts'
import { nginxRouter } from '../../../src/routers/nginx/nginx.ts'
import { type BoundRouter, bindRouter } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const rolloutWith = (nginx: NginxRouting, maxTrafficWeight?: number): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'uid-of-web',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    strategy: {
      canary: {
        canaryService: 'web-canary',
        stableService: 'web-stable',
        trafficRouting: { nginx, ...(maxTrafficWeight === undefined ? {} : { maxTrafficWeight }) },
      },
    },
  },
})

const routerOf = (nginx: NginxRouting, maxTrafficWeight?: number): BoundRouter =>
  bindRouter(nginxRouter, nginx, rolloutWith(nginx, maxTrafficWeight))

const rule = (service: string, host = 'web.example') => ({
  host,
  http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { number: 80 } } } }] },
})

const stable = {
  kind: 'Ingress',
  metadata: { name: 'web', annotations: { 'kubernetes.io/ingress.class': 'nginx', other: 'x' } },
  spec: {
    ingressClassName: 'nginx',
    tls: [{ hosts: ['web.example'], secretName: 'tls' }],
    rules: [rule('web-stable'), rule('docs', 'docs.example')],
  },
}

const owner = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'web',
  uid: 'uid-of-web',
  controller: true,
  blockOwnerDeletion: true,
}

const canary = (annotations: Record<string, string>, uid = owner.uid) => ({
  kind: 'Ingress',
  metadata: { name: 'web-web-canary', annotations, ownerReferences: [{ ...owner, uid }] },
  spec: { ...stable.spec, rules: [rule('web-canary')] },
})

const prefix = 'nginx.ingress.kubernetes.io'
const annotations = (canaryWeight: number) => ({
  'kubernetes.io/ingress.class': 'nginx',
  [`${prefix}/canary`]: 'true',
  [`${prefix}/canary-weight`]: String(canaryWeight),
})

test('the canary copy takes class, TLS and the rules of the stable Service, and belongs to the Rollout', () => {
  assert.deepEqual(routerOf({ stableIngress: 'web' }).desire(trafficIntent(20), knownObjects(stable)), [
    {
      type: 'create',
      ref: {
        resource: nginxRouter.resources[0],
        namespace: 'default',
        name: 'web-web-canary',
      },
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          name: 'web-web-canary',
          namespace: 'default',
          annotations: annotations(20),
          ownerReferences: [owner],
        },
        spec: { ...stable.spec, rules: [rule('web-canary')] },
      },
      why: '20 of 100 to web-canary',
    },
  ])
})

test('a new weight changes one annotation and leaves foreign ones alone', () => {
  const known = knownObjects(stable, canary({ ...annotations(20), foreign: 'kept' }))
  const writes = routerOf({ stableIngress: 'web' }).desire(trafficIntent(60), known)
  assert.deepEqual(
    writes.map((write) => write.type === 'patch' && write.patch),
    [{ metadata: { annotations: { [`${prefix}/canary-weight`]: '60' } } }],
  )
})

test('nothing is written when nothing changes', () => {
  const known = knownObjects(stable, canary(annotations(20)))
  assert.deepEqual(routerOf({ stableIngress: 'web' }).desire(trafficIntent(20), known), [])
})

test('a change of the stable Ingress is carried over, guarded by the version that was read', () => {
  const moved = { ...stable, spec: { ...stable.spec, rules: [rule('web-stable', 'new.example')] } }
  const writes = routerOf({ stableIngress: 'web' }).desire(
    trafficIntent(20),
    knownObjects(moved, canary(annotations(20))),
  )
  assert.deepEqual(
    writes.map((write) => write.type === 'patch' && write.patch),
    [
      {
        metadata: { resourceVersion: '7' },
        spec: { ingressClassName: 'nginx', tls: stable.spec.tls, rules: [rule('web-canary', 'new.example')] },
      },
    ],
  )
})

test('what the stable Ingress has no more goes from its canary copy', () => {
  const { tls: _, ...rest } = stable.spec
  const bare = { ...stable, metadata: { name: 'web' }, spec: rest }
  const known = knownObjects(bare, canary(annotations(20)))
  const writes = routerOf({ stableIngress: 'web' }).desire(trafficIntent(20), known)
  assert.deepEqual(
    writes.map((write) => write.type === 'patch' && write.patch),
    [
      {
        metadata: { resourceVersion: '7', annotations: { 'kubernetes.io/ingress.class': null } },
        spec: { ingressClassName: 'nginx', rules: [rule('web-canary')], tls: null },
      },
    ],
  )
})

test('a maximum that the Rollout has no more goes, since it makes another share of the weight', () => {
  const known = knownObjects(stable, canary({ ...annotations(20), [`${prefix}/canary-weight-total`]: '1000' }))
  const writes = routerOf({ stableIngress: 'web' }).desire(trafficIntent(20), known)
  assert.deepEqual(
    writes.map((write) => write.type === 'patch' && write.patch),
    [{ metadata: { annotations: { [`${prefix}/canary-weight-total`]: null } } }],
  )
})

test('additional annotations get the prefix, canary annotations are taken as they are, and the weight always wins', () => {
  const router = routerOf({
    stableIngress: 'web',
    annotationPrefix: 'custom.example',
    additionalIngressAnnotations: { 'canary-by-header': 'x-canary', 'custom.example/canary-weight': '99' },
    canaryIngressAnnotations: { verbatim: 'yes' },
  })
  const [write] = router.desire(trafficIntent(5), knownObjects(stable))
  assert.ok(write?.type === 'create')
  assert.deepEqual((write.object.metadata as { annotations: unknown }).annotations, {
    'kubernetes.io/ingress.class': 'nginx',
    'custom.example/canary-by-header': 'x-canary',
    'custom.example/canary-weight': '5',
    'custom.example/canary': 'true',
    verbatim: 'yes',
  })
})

test('a maximum of its own is told to the ingress controller', () => {
  const [write] = routerOf({ stableIngress: 'web' }, 1000).desire(
    trafficIntent(5, { maxWeight: 1000 }),
    knownObjects(stable),
  )
  assert.ok(write?.type === 'create')
  const metadata = write.object.metadata as { annotations: Record<string, string> }
  assert.equal(metadata.annotations[`${prefix}/canary-weight-total`], '1000')
})

test('each of several stable Ingresses has its canary copy', () => {
  const known = knownObjects(stable, { ...stable, metadata: { name: 'api' } })
  const writes = routerOf({ stableIngresses: ['web', 'api'] }).desire(trafficIntent(20), known)
  assert.deepEqual(
    writes.map(({ ref }) => ref.name),
    ['web-web-canary', 'web-api-canary'],
  )
})

test('the name of a canary copy fits, whatever the names it is made of', () => {
  const name = canaryIngressName('r'.repeat(200), 'i'.repeat(200))
  assert.equal(name.length, 253)
  assert.ok(name.endsWith('-canary'))
})

const faultsOf = (nginx: NginxRouting, ...objects: WrittenObject[]): string[] =>
  routerOf(nginx)
    .validate(knownObjects(...objects))
    .map(({ field, detail }) => `${field.replace('spec.strategy.canary.trafficRouting.nginx.', '')}: ${detail}`)

test('exactly one way of naming stable Ingresses is asked for', () => {
  assert.deepEqual(faultsOf({}), [
    'spec.strategy.canary.trafficRouting.nginx: Either StableIngress or StableIngresses must be configured. Neither are configured.',
  ])
  assert.deepEqual(faultsOf({ stableIngress: 'web', stableIngresses: ['web'] }, stable), [
    'spec.strategy.canary.trafficRouting.nginx: Either StableIngress or StableIngresses must be configured. Both are configured.',
  ])
})

test('a missing Ingress, one without the stable Service, and a copy of somebody else are told apart', () => {
  assert.deepEqual(faultsOf({ stableIngress: 'web' }), ['stableIngress: ingress.networking.k8s.io "web" not found'])
  const other = { ...stable, spec: { rules: [rule('docs')] } }
  assert.deepEqual(faultsOf({ stableIngress: 'web' }, other), [
    'stableIngress: ingress `web` has no rules using service web-stable backend',
  ])
  assert.deepEqual(faultsOf({ stableIngress: 'web' }, stable, canary(annotations(20), 'another')), [
    'stableIngress: canary ingress `web-web-canary` controlled by different object',
  ])
})

test('a canary copy that the Rollout made is deleted when it no longer names the Ingress, and nothing else is', () => {
  const ours = canary(annotations(20))
  const router = routerOf({ stableIngress: 'web' })
  const deleted = router
    .leave(trafficIntent(0), knownObjects(stable, ours))
    .map(({ type, ref }) => `${type} ${ref.name}`)
  assert.deepEqual(deleted, [`delete ${canaryIngressName('web', 'web')}`])
  const foreign = { ...ours, metadata: { ...ours.metadata, ownerReferences: [] } }
  assert.deepEqual(router.leave(trafficIntent(0), knownObjects(stable, foreign)), [])
  assert.deepEqual(router.leave(trafficIntent(0), knownObjects(stable)), [])
})
