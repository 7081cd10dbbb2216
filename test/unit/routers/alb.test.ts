import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Ingress, IngressPath } from '../../../src/api/kubernetes/ingress.ts'
import { managedAlbAnnotationsAnnotation } from '../../../src/api/labels.ts'
import type { AlbRouting } from '../../../src/api/routers/alb.ts'
import { albRouter } from '../../../src/routers/alb/alb.ts'
import { type BoundRouter, bindRouter, type TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const prefix = 'alb.ingress.kubernetes.io'
const servicePort = 80

const routerFor = (alb: AlbRouting, ...managedRoutes: string[]): BoundRouter => {
  const builder = aRollout('web')
    .routedBy({ alb })
    .withManagedRoutes(...managedRoutes)
  return bindRouter(albRouter(), alb, storedRollout(builder))
}

const path = (service: string, port: string | number = 'use-annotation'): IngressPath => ({
  path: '/',
  pathType: 'Prefix',
  backend: { service: { name: service, port: typeof port === 'number' ? { number: port } : { name: port } } },
})

const ingress = (name: string, annotations: Record<string, string> = {}, paths = [path('web-stable')]) => ({
  kind: 'Ingress',
  metadata: { name, annotations },
  spec: { rules: [{ http: { paths } }] },
})

const forward = (...groups: readonly (readonly [string, number])[]): string =>
  JSON.stringify({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map(([ServiceName, Weight]) => ({ ServiceName, ServicePort: '80', Weight })),
    },
  })

const record = (...keys: string[]): string => JSON.stringify({ web: keys.map((key) => `${prefix}/${key}`) })

const atWeight = (canary: number): Record<string, string> => ({
  [`${prefix}/actions.web-stable`]: forward(['web-canary', canary], ['web-stable', 100 - canary]),
  [managedAlbAnnotationsAnnotation]: record('actions.web-stable'),
})

/** What the writes change in annotations and rules, by the name of the Ingress. */
const changesOf = (writes: ReturnType<BoundRouter['desire']>) =>
  Object.fromEntries(
    writes.map((write) => {
      assert.ok(write.type === 'patch')
      const { metadata, spec } = write.patch as {
        metadata: { annotations?: Record<string, string | null> }
        spec?: Ingress['spec']
      }
      return [write.ref.name, { annotations: metadata.annotations, rules: spec?.rules }] as const
    }),
  )

const testers: TrafficIntent['headerRoutes'][number] = {
  name: 'testers',
  match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }],
}
const withTesters = trafficIntent(20, { headerRoutes: [testers], managedRoutes: ['testers'] })

describe('the Ingress of an AWS load balancer', () => {
  it('is written to where another one is as it should be', () => {
    const router = routerFor({ ingresses: ['first', 'second'], servicePort })
    const known = knownObjects(ingress('first', atWeight(20)), ingress('second', atWeight(0)))
    assert.deepEqual(Object.keys(changesOf(router.desire(trafficIntent(20), known))), ['second'])
    assert.deepEqual(
      router.desire(trafficIntent(0), knownObjects(ingress('first', atWeight(0)), ingress('second', atWeight(0)))),
      [],
    )
  })

  it('is as it should be when the same action is written in another way', () => {
    const router = routerFor({ ingress: 'web', servicePort })
    const action = JSON.stringify(JSON.parse(forward(['web-canary', 20], ['web-stable', 80])), undefined, 2)
    const live = { ...atWeight(20), [`${prefix}/actions.web-stable`]: action }
    assert.deepEqual(router.desire(trafficIntent(20), knownObjects(ingress('web', live))), [])
  })

  it('sends each release of a pair to the Service whose turn it is, by the action of the root Service', () => {
    const router = routerFor({ ingress: 'web', servicePort, rootService: 'web-root' })
    const known = knownObjects(ingress('web', {}, [path('web-root')]))
    const pair = (canary: string, stable: string): TrafficIntent => ({
      ...trafficIntent(0),
      canary: { serviceName: canary, podTemplateHash: 'new', weight: 30 },
      stable: { serviceName: stable, podTemplateHash: 'old', weight: 70 },
    })
    const actionFor = (intent: TrafficIntent) =>
      changesOf(router.desire(intent, known)).web?.annotations?.[`${prefix}/actions.web-root`]
    assert.equal(actionFor(pair('ping', 'pong')), forward(['ping', 30], ['pong', 70]))
    assert.equal(actionFor(pair('pong', 'ping')), forward(['pong', 30], ['ping', 70]))
  })

  it('gets a path that somebody removed back, and keeps what is not ours', () => {
    const router = routerFor({ ingress: 'web', servicePort }, 'testers')
    const docs = path('docs', 80)
    const [first] = router.desire(withTesters, knownObjects(ingress('web', {}, [docs, path('web-stable')])))
    assert.ok(first?.type === 'patch')
    const { annotations = {} } = first.patch.metadata as { annotations?: Record<string, string> }
    const known = knownObjects(
      ingress('web', { ...annotations, 'example.com/team': 'shop' }, [docs, path('web-stable')]),
    )
    const { annotations: changed, rules } = changesOf(router.desire(withTesters, known)).web ?? {}
    assert.equal(changed, undefined)
    assert.deepEqual(rules, [{ http: { paths: [docs, path('testers'), path('web-stable')] } }])
  })

  it('loses routes that the spec does not name any more, by its record', () => {
    const keys = ['actions.web-stable', 'actions.old', 'conditions.old']
    const live = {
      ...atWeight(20),
      [`${prefix}/actions.old`]: forward(['web-canary', 100]),
      [`${prefix}/conditions.old`]: '[]',
      [managedAlbAnnotationsAnnotation]: record(...keys),
    }
    const known = knownObjects(ingress('web', live, [path('old'), path('web-stable')]))
    assert.deepEqual(changesOf(routerFor({ ingress: 'web', servicePort }).desire(trafficIntent(20), known)), {
      web: {
        annotations: {
          [`${prefix}/actions.old`]: null,
          [`${prefix}/conditions.old`]: null,
          [managedAlbAnnotationsAnnotation]: record('actions.web-stable'),
        },
        rules: [{ http: { paths: [path('web-stable')] } }],
      },
    })
  })

  it('is given back with everything on stable, since its path still needs the action', () => {
    const shop = ['alb.ingress.kubernetes.io/actions.shop']
    const both = JSON.stringify({ shop, web: [`${prefix}/actions.web-stable`] })
    const router = routerFor({ ingress: 'web', servicePort })
    const left = (annotations: Record<string, string>) =>
      changesOf(router.leave(trafficIntent(0), knownObjects(ingress('web', annotations)))).web?.annotations
    const action = { [`${prefix}/actions.web-stable`]: forward(['web-stable', 100]) }
    assert.deepEqual(left(atWeight(20)), { ...action, [managedAlbAnnotationsAnnotation]: null })
    assert.deepEqual(left({ ...atWeight(20), [managedAlbAnnotationsAnnotation]: both }), {
      ...action,
      [managedAlbAnnotationsAnnotation]: JSON.stringify({ shop }),
    })
    assert.equal(left(action), undefined)
  })

  it('is still written to after somebody has spoilt the record or the action', () => {
    const live = { [`${prefix}/actions.web-stable`]: '{', [managedAlbAnnotationsAnnotation]: '[]' }
    const changes = changesOf(
      routerFor({ ingress: 'web', servicePort }).desire(trafficIntent(20), knownObjects(ingress('web', live))),
    )
    assert.deepEqual(changes.web?.annotations, atWeight(20))
  })
})

describe('a spec for an AWS load balancer', () => {
  const faults = (alb: AlbRouting, ...objects: ReturnType<typeof ingress>[]) =>
    routerFor(alb, 'testers')
      .validate(knownObjects(...objects))
      .map(({ field, detail }) => [field.replace('spec.strategy.canary.trafficRouting.', ''), detail])

  it('names one Ingress, or several', () => {
    const both = 'Either Ingress or Ingresses must be configured. Both are configured.'
    const neither = 'Either Ingress or Ingresses must be configured. Neither are configured.'
    assert.deepEqual(faults({ servicePort }), [['alb', neither]])
    assert.deepEqual(faults({ ingress: 'web', ingresses: ['web'], servicePort }, ingress('web')), [['alb', both]])
    assert.deepEqual(faults({ ingresses: ['web'], servicePort }, ingress('web')), [])
  })

  it('names Ingresses that are there and stand for the annotation', () => {
    const [one, alb] = ['alb.ingress', { ingress: 'web', servicePort }]
    assert.deepEqual(faults(alb), [[one, 'ingress.networking.k8s.io "web" not found']])
    assert.deepEqual(faults(alb, ingress('web', {}, [path('docs')])), [
      [one, 'ingress `web` has no rules using service web-stable backend'],
    ])
    assert.deepEqual(faults({ ...alb, rootService: 'root' }, ingress('web')), [
      [one, 'ingress `web` has no rules using service root backend'],
    ])
    assert.deepEqual(faults(alb, ingress('web', {}, [path('web-stable', 80)])), [
      [
        one,
        'ingress `web` sends requests to service web-stable itself: name the port of this backend use-annotation, or the ' +
          'load balancer does not see the weights',
      ],
    ])
  })

  it('keeps clients for as long as AWS can', () => {
    const sticky = (durationSeconds: number) =>
      faults({ ingress: 'web', servicePort, stickinessConfig: { enabled: true, durationSeconds } }, ingress('web'))
    assert.deepEqual([sticky(1), sticky(604_800)], [[], []])
    const detail = "TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!"
    for (const seconds of [0, 604_801]) {
      assert.deepEqual(sticky(seconds), [['alb.stickinessConfig.durationSeconds', detail]])
    }
  })

  it('has routes whose names can stand in a path', () => {
    const named = (...routes: string[]) =>
      routerFor({ ingress: 'web', servicePort }, ...routes)
        .validate(knownObjects(ingress('web')))
        .map(({ field, badValue }) => [field.slice(-22), badValue])
    assert.deepEqual(
      named('testers', 'Staff_1', 'web-stable'),
      [
        ['managedRoutes[1].name', 'Staff_1'],
        ['managedRoutes[2].name', 'web-stable'],
      ].map(([field = '', value]) => [`.${field}`, value]),
    )
  })
})
