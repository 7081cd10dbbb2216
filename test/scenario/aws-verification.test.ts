import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { targetGroupArn } from '../builders/fake-load-balancer.ts'
import { aService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { anAlbIngress } from '../builders/router-objects.ts'
import { type AwsHost, awsStory } from './aws-host.ts'
import { expectEvents, expectSizes, expectTraffic, rollout, sizes, theRollout } from './expect.ts'
import type { Story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(4)
  .routedBy({ alb: { ingress: 'web', servicePort: 80 } })
  .withSteps(setWeight(25), pause('30s'), setWeight(50))

const weights = (told: Story) => theRollout(told.sandbox, 'web').status?.canary?.weights

const begin = async (told: Story, { balancer }: AwsHost): Promise<void> => {
  told.apply(anAlbIngress('web'))
  const patch = { status: { loadBalancer: { ingress: [{ hostname: balancer.hostname }] } } }
  const of = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web', subresource: 'status' } as const
  told.act({ patch: { ...of, patch } })
  await told.begin(...servicePair('web'), web.build())
  await told.until(rollout('web').isHealthy(), '3m')
  await told.pass('30s')
}

describe('a canary whose load balancer is asked', () => {
  awsStory('goes on when it has the weight and the pods, and shows it in the status', async (told, aws) => {
    await begin(told, aws)
    aws.isBehind = true
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('2m')
    assert.deepEqual([weights(told)?.canary.weight, weights(told)?.verified], [25, false])
    assert.equal(theRollout(told.sandbox, 'web').status?.currentStepIndex, 0)
    aws.isBehind = false
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '30s')
    assert.equal(weights(told)?.verified, true)
    const { alb, albs } = theRollout(told.sandbox, 'web').status ?? {}
    assert.deepEqual(
      [alb?.ingress, alb?.canaryTargetGroup?.arn, albs?.length],
      ['web', targetGroupArn('web-canary'), 1],
    )
    await told.until(rollout('web').isHealthy(), '5m')
    expectEvents(told, 'web', [
      'TargetGroupUnverified: Service web-canary not verified: ',
      `TargetGroupVerified: Service web-canary (TargetGroup ${targetGroupArn('web-canary')}) verified: canary weight 25 set`,
    ])
  })

  awsStory('keeps the old pods until it has the new ones behind the stable Service', async (told, aws) => {
    await begin(told, aws)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').hasWeight(100), '3m')
    aws.isBehind = true
    await told.pass('5m')
    expectSizes(told, 'web', { 1: 4, 2: 4 })
    aws.isBehind = false
    await told.until(sizes('web', { 2: 4 }), '3m')
    expectTraffic(told, 'web', { 2: 100 })
  })

  awsStory('gives its traffic back at once in an abort, and its pods go when AWS can say so', async (told, aws) => {
    await begin(told, aws)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
    aws.isDown = true
    told.act({ abort: { rollout: 'web' } })
    await told.pass('10s')
    expectTraffic(told, 'web', { 1: 100 })
    await told.pass('5m')
    expectSizes(told, 'web', { 1: 4, 2: 1 })
    aws.isDown = false
    await told.until(sizes('web', { 1: 4 }), '3m')
    expectEvents(told, 'web', [
      'TargetGroupVerifyError: Failed to verify Service web-canary (TargetGroup unknown): ',
      'WeightVerifyError: Failed to verify weight: ',
    ])
  })

  awsStory('waits, and says which load balancer AWS does not know', async (told, aws) => {
    await begin(told, aws)
    aws.balancer.name = 'k8s-another'
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('1m')
    expectEvents(told, 'web', ['LoadBalancerNotFound: Failed to find load balancer: '])
    assert.equal(theRollout(told.sandbox, 'web').status?.currentStepIndex, 0)
  })

  awsStory('asks AWS nothing more once the release is over', async (told, aws) => {
    await begin(told, aws)
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isHealthy(), '5m')
    await told.pass('2m')
    const asked = aws.balancer.asked.length
    await told.pass('6h')
    assert.equal(aws.balancer.asked.length, asked)
  })
})

const aBinding = (service: string) => ({
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  kind: 'TargetGroupBinding',
  metadata: { name: `k8s-${service}`, namespace: 'default' },
  spec: { serviceRef: { name: service, port: 80 }, targetGroupARN: targetGroupArn(service), targetType: 'ip' },
})

describe('a blue/green release whose load balancer is asked', () => {
  const blueGreen = aRollout('web').withReplicas(3).withBlueGreen({ scaleDownDelaySeconds: 30 })

  awsStory(
    'is over when the pods behind the active Service are registered, and keeps the old ones until then',
    async (told, aws) => {
      await told.begin(aService('web-active', 'web'), aBinding('web-active'), blueGreen.build())
      await told.until(rollout('web').isHealthy(), '3m')
      aws.isBehind = true
      told.act({ setImage: { rollout: 'web', image: 'web:2' } })
      await told.pass('5m')
      expectTraffic(told, 'web', { 2: 100 })
      expectSizes(told, 'web', { 1: 3, 2: 3 })
      assert.notEqual(theRollout(told.sandbox, 'web').status?.phase, 'Healthy')
      aws.isBehind = false
      await told.until(rollout('web').isHealthy(), '1m')
      await told.until(sizes('web', { 2: 3 }), '2m')
      expectEvents(told, 'web', [
        'TargetGroupUnverified: Service web-active not verified: Service web-active: target group k8s-web-active lacks 3 of 3 pods',
        'TargetGroupVerified: Service web-active verified: all endpoints registered',
      ])
    },
  )

  awsStory('goes on at once without a target group', async (told, aws) => {
    aws.isDown = true
    await told.begin(aService('web-active', 'web'), blueGreen.build())
    await told.until(rollout('web').isHealthy(), '3m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isHealthy(), '1m')
    assert.deepEqual(aws.balancer.asked, [])
  })
})
