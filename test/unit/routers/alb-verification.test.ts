import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observeLoadBalancers } from '../../../src/routers/alb/observe.ts'
import type { RouterInquiry, TrafficIntent } from '../../../src/routers/router.ts'
import {
  FakeLoadBalancer,
  type FakeTargetGroup,
  loadBalancerArn,
  targetGroupArn,
} from '../../builders/fake-load-balancer.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { routerInquiry } from '../../builders/router-inquiry.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const alb = { ingress: 'web', servicePort: 80 }
const rollout = storedRollout(aRollout('web').routedBy({ alb }))

const groupFor = (service: string, ...ids: string[]): FakeTargetGroup => ({
  resource: `default/web-${service}:80`,
  targets: ids.map((id) => ({ id, state: 'healthy' })),
})

/** A load balancer with a fifth of the requests on the canary, and all pods registered. */
const aBalancer = (): FakeLoadBalancer => {
  const balancer = new FakeLoadBalancer('k8s-web')
  balancer.groups = {
    canary: groupFor('web-canary', '10.0.0.2'),
    stable: groupFor('web-stable', '10.0.0.1'),
    docs: groupFor('docs'),
  }
  balancer.rules = [{ weights: { docs: 1 } }, { weights: { canary: 20, stable: 80 } }]
  return balancer
}

const podsOf = (hash: string | undefined, ...addresses: string[]) =>
  addresses.map((podIP, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `web-${hash}-${index}`, namespace: 'default', uid: `${hash}-${index}`, resourceVersion: '1' },
    status: { podIP, conditions: [{ type: 'Ready', status: 'True' }] },
  }))

/** Pods by the revision in a label selector. */
const cluster =
  (pods: Readonly<Record<string, readonly string[]>>): RouterInquiry['list'] =>
  async (_, { labelSelector = '' }) => {
    const [, hash = ''] = labelSelector.split('=')
    return podsOf(hash, ...(pods[hash] ?? []))
  }

const ingress = (hostname: string | undefined, annotations: Record<string, string> = {}) => ({
  kind: 'Ingress',
  metadata: { name: 'web', annotations },
  ...{ spec: {}, status: { loadBalancer: { ingress: hostname === undefined ? [] : [{ hostname }] } } },
})

const ask = (
  balancer: FakeLoadBalancer,
  intent: TrafficIntent = trafficIntent(20),
  {
    hostname = balancer.hostname,
    pods = { old: ['10.0.0.1'], new: ['10.0.0.2'] },
    annotations = {},
  }: { hostname?: string; pods?: Record<string, string[]>; annotations?: Record<string, string> } = {},
) =>
  observeLoadBalancers(
    intent,
    alb,
    rollout,
    routerInquiry({ aws: balancer.ask, list: cluster(pods), known: knownObjects(ingress(hostname, annotations)) }),
    { tagKey: balancer.tagKey },
  )

const whyOf = async (...args: Parameters<typeof ask>): Promise<string> => {
  const answer = await ask(...args)
  return answer.state === 'pending' ? answer.why : answer.state
}

describe('the load balancer of an Ingress', () => {
  it('is verified when it has the weights and the pods, and is told in the status', async () => {
    const answer = await ask(aBalancer())
    assert.deepEqual(answer, {
      state: 'verified',
      albs: [
        {
          ingress: 'web',
          loadBalancer: { name: 'k8s-web', arn: loadBalancerArn('k8s-web'), fullName: 'k8s-web/50dc' },
          canaryTargetGroup: { name: 'canary', arn: targetGroupArn('canary'), fullName: 'canary/6d0e' },
          stableTargetGroup: { name: 'stable', arn: targetGroupArn('stable'), fullName: 'stable/6d0e' },
        },
      ],
    })
  })

  it('is waited for until it exists', async () => {
    const balancer = aBalancer()
    assert.equal(await whyOf(balancer, trafficIntent(20), { hostname: '' }), 'Ingress web has no load balancer yet')
    assert.equal(
      await whyOf(balancer, trafficIntent(20), { hostname: 'gone.eu-west-1.elb.amazonaws.com' }),
      'AWS knows no load balancer gone.eu-west-1.elb.amazonaws.com of Ingress web',
    )
  })

  it('is waited for while any of its rules has other weights', async () => {
    const balancer = aBalancer()
    const behind = 'the load balancer of Ingress web does not have the weights yet'
    assert.equal(await whyOf(balancer, trafficIntent(40)), behind)
    balancer.rules = [...balancer.rules, { weights: { canary: 10, stable: 90 } }]
    assert.equal(await whyOf(balancer), behind)
    balancer.rules = []
    assert.equal(await whyOf(balancer), behind)
  })

  it('is waited for until versions of an experiment have their weight, and until they have lost it', async () => {
    const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
    const pods = { old: ['10.0.0.1'], new: ['10.0.0.2'], e1: ['10.0.0.3'] }
    const balancer = aBalancer()
    assert.equal(
      await whyOf(balancer, trafficIntent(20, { additional }), { pods }),
      'the load balancer of Ingress web has no target group for Service web-e1 yet',
    )
    balancer.groups = { ...balancer.groups, e1: groupFor('web-e1', '10.0.0.3') }
    balancer.rules = [{ weights: { canary: 20, e1: 5, stable: 75 } }]
    assert.equal(await whyOf(balancer, trafficIntent(20, { additional }), { pods }), 'verified')
    assert.equal(await whyOf(balancer), 'the load balancer of Ingress web does not have the weights yet')
  })

  it('may have a rule for a header route with all weight on the canary, and must have it while there is one', async () => {
    const balancer = aBalancer()
    const headerRoutes = [{ name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }]
    const intent = trafficIntent(20, { headerRoutes, managedRoutes: ['testers'] })
    assert.equal(await whyOf(balancer, intent), 'the load balancer of Ingress web does not have the route testers yet')
    balancer.rules = [...balancer.rules, { weights: { canary: 100 }, headers: { 'x-tester': ['yes'] } }]
    assert.equal(await whyOf(balancer, intent), 'verified')
    const left = 'the load balancer of Ingress web still has a route to Service web-canary'
    assert.equal(await whyOf(balancer), left)
    const annotations = { 'alb.ingress.kubernetes.io/actions.own': '{"TargetGroups":[{"ServiceName":"web-canary"}]}' }
    assert.equal(await whyOf(balancer, trafficIntent(20), { annotations }), 'verified')
  })

  it('must have a rule for the cookie and the query parameters of a route, and none that asks for less', async () => {
    const balancer = aBalancer()
    const headerRoutes = [
      {
        name: 'beta',
        match: [],
        cookie: { name: 'beta', value: { exact: 'yes' } },
        queryParams: [{ name: 'v', value: { exact: '2' } }],
      },
    ]
    const intent = trafficIntent(0, { headerRoutes, managedRoutes: ['beta'] })
    const split = { weights: { canary: 0, stable: 100 } }
    const cookie = { cookie: ['*beta=yes', '*beta=yes;*'] }
    const missing = 'the load balancer of Ingress web does not have the route beta yet'
    balancer.rules = [{ weights: { canary: 100 }, headers: cookie }, split]
    assert.equal(await whyOf(balancer, intent), missing)
    balancer.rules = [{ weights: { canary: 100 }, headers: cookie, queries: { v: '1' } }, split]
    assert.equal(await whyOf(balancer, intent), missing)
    balancer.rules = [{ weights: { canary: 100 }, headers: cookie, queries: { v: '2' } }, split]
    assert.equal(await whyOf(balancer, intent), 'verified')
    balancer.rules = [{ weights: { canary: 100 }, queries: { v: '2' } }, split]
    assert.equal(
      await whyOf(balancer, trafficIntent(0)),
      'the load balancer of Ingress web still has a route to Service web-canary',
    )
  })

  it('is waited for until all pods that get requests are registered, and one of them is healthy', async () => {
    const balancer = aBalancer()
    const more = { old: ['10.0.0.1'], new: ['10.0.0.2', '10.0.0.4'] }
    const intent = trafficIntent(20)
    assert.equal(await whyOf(balancer, intent, { pods: more }), 'target group canary lacks 1 of 2 pods')
    balancer.groups = {
      ...balancer.groups,
      canary: { ...groupFor('web-canary'), targets: [{ id: '10.0.0.2', state: 'initial' }] },
    }
    assert.equal(await whyOf(balancer), 'target group canary has no healthy target')
    balancer.rules = [{ weights: { canary: 0, stable: 100 } }]
    assert.equal(await whyOf(balancer, trafficIntent(0)), 'verified')
  })

  it('needs a healthy machine where its targets are machines', async () => {
    const balancer = aBalancer()
    const canary = (state: string) => ({
      ...groupFor('web-canary'),
      targetType: 'instance',
      targets: [{ id: 'i-1', state }],
    })
    balancer.groups = { ...balancer.groups, canary: canary('unhealthy') }
    assert.equal(await whyOf(balancer), 'target group canary has no healthy target')
    balancer.groups = { ...balancer.groups, canary: canary('healthy') }
    assert.equal(await whyOf(balancer), 'verified')
  })

  it('is verified without a target group of the canary once the Ingress is given back', async () => {
    const balancer = aBalancer()
    balancer.groups = { stable: groupFor('web-stable', '10.0.0.1') }
    balancer.rules = [{ weights: { stable: 100 } }]
    assert.equal(await whyOf(balancer, trafficIntent(0)), 'verified')
  })

  it('cannot be judged while AWS does not answer', async () => {
    const balancer = aBalancer()
    balancer.fault = new Error('AWS elasticloadbalancing answered 403')
    await assert.rejects(ask(balancer), /answered 403/)
  })
})
