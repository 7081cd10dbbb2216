import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { KubeError } from '../../src/kube/errors.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, anIngress, aVirtualService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { conditionTold, eventsOf, expectSizes, expectTraffic, rollout } from './expect.ts'
import { type Condition, type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause(), setWeight(60), pause())
const byRoute = web.routedByHttpRoute('web')
const byIngress = web.routedByIngress('web')

const routed = (told: Story): string => conditionTold(told, 'web', 'TrafficRouted')

const isRouted = (wanted: RegExp): Condition => ({
  describe: `TrafficRouted is ${wanted}`,
  holds: (sandbox) => wanted.test(routed({ sandbox } as Story)),
  actual: (sandbox) => routed({ sandbox } as Story),
})

const pausedAtFirstStep = async (told: Story, ...objects: readonly object[]): Promise<void> => {
  await told.begin(...servicePair('web'), ...objects)
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused(), '2m')
  await told.pass('10s')
}

const promote = (told: Story): void => told.act({ promote: { rollout: 'web' } })

/** What a gateway's controller says about a route: that it has seen this generation of it. */
const accept = (told: Story, generation: number): void => {
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: status === 'True' ? type : 'NotAllowedByListeners',
    message: status === 'True' ? '' : 'no listener takes it',
    observedGeneration: generation,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  })
  const parent = {
    parentRef: { name: 'gateway' },
    controllerName: 'example.com/gateway',
    conditions: [condition('Accepted', 'True'), condition('ResolvedRefs', 'True')],
  }
  const target = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' }
  told.act({ patch: { ...target, subresource: 'status', patch: { status: { parents: [parent] } } } })
}

const generationOfRoute = (told: Story): number =>
  told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })?.metadata.generation ?? 0

describe('the condition TrafficRouted', () => {
  story('says what is set, where a router does not report more', {}, async (told) => {
    await pausedAtFirstStep(told, anIngress('web'), byIngress.build())
    assert.equal(routed(told), 'True TrafficSet: 20 of 100 to web-canary: nginx is set, and does not report more')
  })

  story('tells set from verified, and why it is not', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    accept(told, generationOfRoute(told))
    await told.until(isRouted(/^True TrafficVerified: 20 of 100 to web-canary: gatewayAPI is set and verified$/), '1m')
    promote(told)
    await told.pass('30s')
    assert.equal(
      routed(told),
      'False TrafficNotVerified: 60 of 100 to web-canary: gatewayAPI is set, and not verified: ' +
        'HTTPRoute web: Accepted of example.com/gateway for parent gateway is about an older generation',
    )
    accept(told, generationOfRoute(told))
    await told.until(isRouted(/^True TrafficVerified: 60 of 100/), '1m')
  })

  story('names the routes of steps, and every router', {}, async (told) => {
    const trafficRouting = {
      istio: { virtualService: { name: 'web' } },
      gatewayAPI: { httpRoutes: [{ name: 'web' }] },
    }
    const steps = [setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause()]
    const both = web
      .routedBy(trafficRouting)
      .withManagedRoutes('testers')
      .withSteps(...steps)
    await pausedAtFirstStep(told, anHttpRoute('web'), aVirtualService('web'), both.build())
    assert.equal(
      routed(told),
      'True TrafficSet: 0 of 100 to web-canary, with the routes testers: ' +
        'istio is set, and does not report more; gatewayAPI is set, and does not report more',
    )
  })

  story('is not there without a router, and goes with the last one', {}, async (told) => {
    await pausedAtFirstStep(told, anIngress('web'), byIngress.build())
    assert.notEqual(routed(told), '')
    const patch = { spec: { strategy: { canary: { trafficRouting: null } } } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch } })
    await told.pass('1m')
    assert.equal(routed(told), '')
  })

  story('says that nothing is routed while the Rollout is invalid', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    told.act({ delete: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' } })
    await told.until(isRouted(/^Unknown TrafficNotRouted: /), '1m')
    told.apply(anHttpRoute('web'))
    await told.until(isRouted(/^True TrafficSet: 20 of 100/), '1m')
  })

  story('is written once for a change, and never for its own sake', {}, async (told) => {
    await pausedAtFirstStep(told, anIngress('web'), byIngress.build())
    const settled = told.sandbox.server.resourceVersion
    told.killController()
    await told.pass('6h')
    assert.equal(told.sandbox.server.resourceVersion, settled)
  })
})

const gone = (kind: string, apiVersion: string, name: string) => ({ delete: { apiVersion, kind, name } })

/** Has the API server refuse every write of the controller to a resource; the answer ends that. */
const refuses = (
  told: Story,
  resource: string,
  message: string,
  which: (call: { readonly name?: string | undefined }) => boolean = () => true,
): (() => void) =>
  told.sandbox.server.intercept({
    before: ({ verb, user, resource: called, request, ...call }) => {
      const isHit = called === resource && ['create', 'patch'].includes(verb) && user === controllerUser && which(call)
      if (!isHit) return { type: 'proceed' }
      const answer = { code: 403, reason: 'Forbidden', message }
      return { type: 'fail', error: new KubeError(answer, { method: 'PATCH', path: request.path }) }
    },
  })

const weightOf = (told: Story): number | undefined =>
  told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })?.spec.rules?.[0]?.backendRefs?.[1]
    ?.weight

const hostWeights = (told: Story, name: string): string | undefined =>
  told.sandbox.cluster
    .get('VirtualService', { namespace: 'default', name })
    ?.spec.http?.[0]?.route?.map(({ weight }) => weight)
    .join('/')

const setByHand = (told: Story, weight: number): void => {
  const route = anHttpRoute('web')
  const rules = (route.spec.rules ?? []).map(({ backendRefs = [], ...rule }) => ({
    ...rule,
    backendRefs: backendRefs.map((ref, index) => ({ ...ref, weight: index === 0 ? 100 - weight : weight })),
  }))
  told.apply({ ...route, spec: { ...route.spec, rules } })
}

const corrections = (told: Story): readonly string[] =>
  eventsOf(told, 'Rollout default/web').filter((text) => text.startsWith('TrafficDriftCorrected'))

describe('a route that somebody else changes', () => {
  story('is put back once, with a word about who it was and what to do', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    setByHand(told, 90)
    await told.pass('1s')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    assert.deepEqual(corrections(told), [
      'TrafficDriftCorrected: Put back spec.rules of HTTPRoute "web", which scenario had changed. ' +
        'Where that is a tool that syncs it, tell the tool to ignore these fields (docs/traffic.md, GitOps)',
    ])
  })

  story('again and again is left alone for longer and longer, and the condition says so', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    // Three quarters of an hour of a tool that syncs whenever something differs.
    let syncs = true
    told.sandbox.cluster.onChange(({ kind }) => {
      if (!syncs || kind !== 'HTTPRoute' || weightOf(told) !== 20) return
      told.sandbox.clock.setTimer(1000, () => setByHand(told, 0))
    })
    setByHand(told, 0)
    await told.until(
      isRouted(/^False TrafficContested: 20 of 100 to web-canary: .*scenario keeps changing spec.rules/),
      '1m',
    )
    await told.pass('45m')
    const puts = corrections(told).length
    assert.ok(puts > 8 && puts < 20, `${puts} times in 45 minutes`)
    told.expect(rollout('web').isPaused())
    syncs = false
    await told.pass('10m')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    told.expect(isRouted(/^True TrafficSet/))
  })

  story('is written at once for another weight, whoever changed it how often', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    for (let time = 0; time < 4; time++) {
      setByHand(told, 50)
      await told.pass('500ms')
    }
    assert.equal(weightOf(told), 50)
    told.act({ abort: { rollout: 'web' } })
    await told.pass('1s')
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('holds no pods up for good: the release goes on when it is left alone', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    for (let time = 0; time < 3; time++) {
      setByHand(told, 50)
      await told.pass('500ms')
    }
    promote(told)
    await told.until(rollout('web').isAtStep(3), '2m')
    expectTraffic(told, 'web', { 1: 40, 2: 60 })
    promote(told)
    await told.until(rollout('web').isHealthy(), '5m')
  })

  story('of which the canary copy is deleted has it made again', {}, async (told) => {
    await pausedAtFirstStep(told, anIngress('web'), byIngress.build())
    told.act(gone('Ingress', 'networking.k8s.io/v1', 'web-web-canary'))
    await told.pass('1s')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    assert.deepEqual(corrections(told), [
      'TrafficDriftCorrected: Made Ingress "web-web-canary" again, which somebody had deleted',
    ])
  })

  story('in what is not ours stays as they want it, without a word', {}, async (told) => {
    await pausedAtFirstStep(told, anIngress('web'), byIngress.build())
    const stable = anIngress('web')
    told.apply({ ...stable, spec: { ...stable.spec, tls: [{ hosts: ['web.example'], secretName: 'tls' }] } })
    await told.pass('1m')
    const canary = told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web-web-canary' })
    assert.deepEqual(canary?.spec.tls, [{ hosts: ['web.example'], secretName: 'tls' }])
    assert.deepEqual(corrections(told), [])
  })

  story('while no controller runs is put right without blame', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    told.killController()
    setByHand(told, 90)
    await told.pass('1m')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    assert.deepEqual(corrections(told), [])
  })
})

describe('a route that the controller may not write', () => {
  story('is named by the condition and an event, and no pod goes that it may lead to', {}, async (told) => {
    await pausedAtFirstStep(told, anHttpRoute('web'), byRoute.build())
    const allow = refuses(
      told,
      'httproutes.gateway.networking.k8s.io',
      'httproutes "web" is forbidden: User "crossfade" cannot patch it',
    )
    told.act({ abort: { rollout: 'web' } })
    await told.pass('2m')
    assert.equal(
      routed(told),
      'False TrafficRefused: gatewayAPI: patching HTTPRoute "web" (0 of 100 to web-canary): refused by the API server: ' +
        'httproutes "web" is forbidden: User "crossfade" cannot patch it; ' +
        'the controller needs the right to patch httproutes of gateway.networking.k8s.io',
    )
    assert.ok(eventsOf(told, 'Rollout default/web').some((text) => /^TrafficRoutingError: .*is forbidden/.test(text)))
    expectSizes(told, 'web', { 1: 5, 2: 1 })
    allow()
    await told.until(isRouted(/^True TrafficSet: 0 of 100/), '10m')
    expectTraffic(told, 'web', { 1: 100 })
    await told.pass('1m')
    expectSizes(told, 'web', { 1: 5 })
  })

  story('keeps no other router from taking the traffic back', {}, async (told) => {
    const byThree = web.routedBy({
      istio: { virtualServices: [{ name: 'web' }, { name: 'shop' }] },
      gatewayAPI: { httpRoute: 'web' },
    })
    const shop = { ...aVirtualService('web'), metadata: { name: 'shop', namespace: 'default' } }
    await pausedAtFirstStep(told, aVirtualService('web'), shop, anHttpRoute('web'), byThree.build())
    const allow = refuses(
      told,
      'virtualservices.networking.istio.io',
      'virtualservices "web" is forbidden',
      ({ name }) => name === 'web',
    )
    told.act({ abort: { rollout: 'web' } })
    await told.pass('1m')
    assert.equal(weightOf(told), 0)
    assert.equal(hostWeights(told, 'shop'), '100/0')
    assert.equal(hostWeights(told, 'web'), '80/20')
    assert.match(routed(told), /^False TrafficRefused: istio: patching VirtualService "web" \(0 of 100 to web-canary\)/)
    expectSizes(told, 'web', { 1: 5, 2: 1 })
    allow()
    await told.until(isRouted(/^True TrafficSet: 0 of 100/), '10m')
    assert.equal(hostWeights(told, 'web'), '100/0')
  })

  story('is named beside the others, where several refuse', {}, async (told) => {
    const both = web.routedBy({ istio: { virtualService: { name: 'web' } }, gatewayAPI: { httpRoute: 'web' } })
    await pausedAtFirstStep(told, aVirtualService('web'), anHttpRoute('web'), both.build())
    refuses(told, 'virtualservices.networking.istio.io', 'no VirtualService')
    refuses(told, 'httproutes.gateway.networking.k8s.io', 'no HTTPRoute')
    promote(told)
    await told.pass('1m')
    assert.match(routed(told), /^False TrafficRefused: istio: .*no VirtualService; .*; gatewayAPI: .*no HTTPRoute; /)
  })
})
