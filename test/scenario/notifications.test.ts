import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { notifiedAnnotation } from '../../src/api/labels.ts'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { ControllerPair } from '../explore/controller-pair.ts'
import { rollout, theRollout } from './expect.ts'
import { Story, type StoryOptions } from './harness.ts'
import {
  hookToken,
  NotificationHost,
  notificationConfigMap,
  notificationSecret,
  notificationStory,
  subscribe,
  trigger,
} from './notification-host.ts'

const operations = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo-rollouts' } }

const image = '{{(index .rollout.spec.template.spec.containers 0).image}}'

const releases = {
  ...trigger('on-rollout-updated', `updated to ${image}`),
  ...trigger('on-rollout-step-completed', 'step {{.rollout.status.currentStepIndex}}'),
  ...trigger('on-rollout-completed', `completed ${image}`),
  ...trigger('on-rollout-aborted', 'aborted'),
}

const names = ['on-rollout-updated', 'on-rollout-step-completed', 'on-rollout-completed', 'on-rollout-aborted']

const plain = aRollout('web').withReplicas(2).withSteps(setWeight(50), pause('30s'))
const web = plain.withAnnotations(subscribe(...names))

/** A good release, from its beginning until some time after its end. */
const release = async (told: Story, ...objects: readonly object[]): Promise<void> => {
  await told.begin(operations, notificationSecret(), ...objects)
  await told.until(rollout('web').isStableAt(1), '10m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isStableAt(2), '20m')
  await told.pass('10m')
}

/** The first deployment has no steps to complete; of the second, steps are told of with the number they had. */
const whole = ['updated to web:1', 'completed web:1', 'updated to web:2', 'step 0', 'step 1', 'completed web:2']

const toldOf = ({ timeline }: Story, reason: string): readonly string[] =>
  timeline.filter((entry) => entry.kind === 'event' && entry.text.startsWith(reason)).map(({ text }) => text)

const user = controllerUser

describe('a release that somebody subscribed to', () => {
  notificationStory('is told of event by event, each once', async (told, hook) => {
    await release(told, notificationConfigMap(releases), web.build())
    assert.deepEqual(hook.texts, whole)
    assert.equal(hook.arrivals[0]?.headers['x-token'], hookToken)
  })

  notificationStory('writes nothing to the Rollout for notifications about events', async (told) => {
    await release(told, notificationConfigMap(releases), web.build())
    assert.equal(theRollout(told.sandbox, 'web').metadata.annotations?.[notifiedAnnotation], undefined)
  })

  notificationStory('is told of to nobody without a configuration', async (told, hook) => {
    await release(told, web.build())
    assert.equal(hook.requests, 0)
  })

  notificationStory('is told of from the moment when somebody is configured', async (told, hook) => {
    await told.begin(operations, notificationSecret(), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.apply(notificationConfigMap(releases))
    await told.pass('1m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isStableAt(2), '20m')
    await told.pass('1m')
    assert.deepEqual(hook.texts, whole.slice(2))
  })

  notificationStory('is told of by default triggers and to those who want to know of all', async (told, hook) => {
    const { 'service.webhook.hook': webhook = '' } = notificationConfigMap({}).data
    const defaults = {
      ...releases,
      'defaultTriggers.hook': '[on-rollout-updated]',
      'service.webhook.all': webhook,
      subscriptions: '[{recipients: [all], triggers: [on-rollout-completed], selector: app in (web)}]',
      'template.on-rollout-completed': '{message: completed, webhook: {all: {method: POST, body: completed}}}',
    }
    const annotations = { 'notifications.argoproj.io/subscribe.hook': '' }
    await release(told, notificationConfigMap(defaults), plain.withAnnotations(annotations).build())
    assert.deepEqual(hook.texts, ['updated to web:1', 'updated to web:2'])
  })
})

const faults: readonly (readonly [string, readonly FaultRule[]])[] = [
  ['conflicts', [{ target: { user, resource: 'rollouts.argoproj.io' }, kind: 'conflict', nth: 2, count: 3 }]],
  ['lost answers', [{ target: { user, resource: 'rollouts.argoproj.io' }, kind: 'lose-response', nth: 3 }]],
  ['errors of the server', [{ target: { user, resource: 'rollouts.argoproj.io' }, kind: 'error', nth: 4, count: 3 }]],
  ['a crash before a status', [{ target: { user, subresource: 'status' }, kind: 'crash-before', nth: 8 }]],
]

describe('a release that is disturbed', () => {
  for (const [what, rules] of faults) {
    notificationStory(
      `is told of once each over ${what}`,
      async (told, hook) => {
        await release(told, notificationConfigMap(releases), web.build())
        assert.deepEqual(hook.texts, whole)
      },
      { faults: rules },
    )
  }
})

/** Which of the status writes of a release go wrong: some of each part of it. */
const statusWrites = [1, 3, 5, 6, 8, 10]

describe('a controller that ends', () => {
  const pair: StoryOptions = { controllers: (sandbox, make) => new ControllerPair(sandbox, make) }

  notificationStory(
    'in the middle of a release is followed by one that tells the rest, and nothing twice',
    async (told, hook) => {
      await told.begin(operations, notificationSecret(), notificationConfigMap(releases), web.build())
      await told.until(rollout('web').isStableAt(1), '10m')
      await told.pass('1m')
      told.act({ setImage: { rollout: 'web', image: 'web:2' } })
      await told.until(rollout('web').isPaused(), '5m')
      await told.pass('5s')
      told.killController()
      await told.until(rollout('web').isStableAt(2), '20m')
      await told.pass('5m')
      assert.deepEqual(hook.texts, whole)
    },
    pair,
  )

  notificationStory('by a signal sends what waits before', async (told, hook) => {
    hook.latencyMs = 1500
    await told.begin(operations, notificationSecret(), notificationConfigMap(releases), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    await told.pass('100ms')
    assert.ok(hook.texts.length < 2)
    await told.conclude()
    assert.deepEqual(hook.texts, whole.slice(0, 2))
  })

  for (const kind of ['crash-before', 'crash-after', 'lose-response', 'conflict'] as const) {
    it(`or fails at a status (${kind}) tells nothing twice`, async () => {
      for (const nth of statusWrites) {
        const hook = new NotificationHost()
        const faults = [{ target: { user, subresource: 'status' }, kind, nth }]
        const options = { notifications: { selfService: false }, faults }
        const story = new Story({ ...options, net: (sandbox) => hook.on(sandbox) })
        await release(story, notificationConfigMap(releases), web.build())
        assert.deepEqual(hook.texts, [...new Set(hook.texts)], `${kind} ${nth}`)
        if (!kind.startsWith('crash')) assert.deepEqual(hook.texts, whole, `${kind} ${nth}`)
        await story.conclude()
      }
    })
  }
})

describe('a webhook that does not do well', () => {
  notificationStory('is tried again while it is overloaded, and gets everything in order', async (told, hook) => {
    hook.status = (before) => (before < 2 ? 503 : 200)
    await release(told, notificationConfigMap(releases), web.build())
    assert.deepEqual(hook.texts, whole)
    assert.equal(hook.requests, whole.length + 2)
  })

  notificationStory('holds up no release, and is given up with an event that says why', async (told, hook) => {
    hook.status = () => 503
    await release(told, notificationConfigMap(releases), web.build())
    const [failure = ''] = toldOf(told, 'NotificationFailed')
    assert.match(failure, /on-rollout-updated to hook was not delivered: .*503/)
    assert.ok(!failure.includes(hookToken))
  })

  notificationStory('that refuses is not asked twice', async (told, hook) => {
    hook.status = () => 400
    await release(told, notificationConfigMap(releases), web.build())
    assert.equal(hook.requests, whole.length)
    assert.equal(toldOf(told, 'NotificationFailed').length, whole.length)
  })

  notificationStory('that never answers holds up no release', async (told, hook) => {
    hook.latencyMs = Number.POSITIVE_INFINITY
    await told.begin(operations, notificationSecret(), notificationConfigMap(releases), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isStableAt(2), '2m')
  })
})

const purple = trigger('on-purple', 'it is purple', {
  when: `rollout.spec.template.spec.containers[0].image == 'web:2'`,
})

describe('a condition', () => {
  const watched = plain.withAnnotations(subscribe('on-purple'))

  for (const [what, rules] of [['', []], ...faults] as const) {
    notificationStory(
      `is told of once when it becomes true${what && ` over ${what}`}, and noted on the Rollout`,
      async (told, hook) => {
        await release(told, notificationConfigMap(purple), watched.build())
        assert.deepEqual(hook.texts, ['it is purple'])
        const noted = theRollout(told.sandbox, 'web').metadata.annotations?.[notifiedAnnotation] ?? ''
        assert.deepEqual(
          Object.keys(JSON.parse(noted)).map((key) => key.replace(/\[0\]\.[\w-]+/, '[0].hash')),
          ['on-purple:[0].hash:hook:'],
        )
        told.controller.crash()
        await told.pass('5s')
        await told.startController()
        await told.pass('5m')
        assert.equal(hook.texts.length, 1)
      },
      { faults: rules },
    )
  }

  notificationStory('is told of again after it was false', async (told, hook) => {
    await release(told, notificationConfigMap(purple), watched.build())
    for (const tag of [3, 2]) {
      told.act({ setImage: { rollout: 'web', image: `web:${tag}` } })
      await told.pass('5m')
    }
    assert.deepEqual(hook.texts, ['it is purple', 'it is purple'])
  })

  notificationStory('of the time is judged while nothing changes', async (told, hook) => {
    const old = { when: 'time.Now().Sub(time.Parse(rollout.metadata.creationTimestamp)).Minutes() >= 30' }
    await release(
      told,
      notificationConfigMap(trigger('on-old', 'old', old)),
      plain.withAnnotations(subscribe('on-old')).build(),
    )
    assert.deepEqual(hook.texts, [])
    await told.pass('30m')
    assert.deepEqual(hook.texts, ['old'])
  })

  notificationStory('at an event and when it becomes true is told once', async (told, hook) => {
    const healthy = trigger('on-rollout-completed', 'well', { when: "rollout.status.phase == 'Healthy'" })
    const first = trigger('on-rollout-step-completed', 'first', { when: 'rollout.status.currentStepIndex == 1' })
    await release(told, notificationConfigMap({ ...healthy, ...first }), web.build())
    assert.deepEqual(hook.texts, ['well', 'first', 'well'])
  })
})

describe('our own triggers', () => {
  const own = { ...trigger('on-rollout-degraded', 'degraded'), ...trigger('on-rollout-healthy', 'healthy') }
  const watched = plain.withAnnotations(subscribe('on-rollout-degraded', 'on-rollout-healthy'))

  notificationStory('tell of a Rollout that becomes healthy', async (told, hook) => {
    await release(told, notificationConfigMap(own), watched.build())
    assert.deepEqual(hook.texts, ['healthy', 'healthy'])
  })

  notificationStory(
    'tell of one that makes no progress, for which there is no event',
    async (told, hook) => {
      const impatient = watched.withSpec({ progressDeadlineSeconds: 60 })
      await told.begin(operations, notificationSecret(), notificationConfigMap(own), impatient.build())
      await told.until(rollout('web').isHealthy(), '10m')
      told.act({ setImage: { rollout: 'web', image: 'web:bad' } })
      await told.until(rollout('web').isDegraded(), '10m')
      await told.pass('5m')
      assert.deepEqual(hook.texts, ['healthy', 'degraded'])
    },
    { pods: [{ image: 'web:bad', behavior: { neverReady: true } }] },
  )
})

describe('a configuration with faults', () => {
  const broken = {
    ...releases,
    'trigger.on-rollout-updated': '[{send: [nothing]}]',
    'trigger.on-odd': '[{send: [on-rollout-completed], when: "rollot.spec"}]',
    'template.on-rollout-aborted': '{message: "{{.rollout"}',
    'service.slack': 'token: [',
    'service.webhook.other': '{url: not-an-address}',
    subscriptions: '[{recipients: [hook], selector: "a =="}, 3]',
  }

  notificationStory('is told in the log; everything else is sent', async (told, hook) => {
    await release(told, notificationConfigMap(broken), web.build())
    assert.deepEqual(
      hook.texts,
      whole.filter((text) => !text.startsWith('updated')),
    )
    const line = told.log.lines.find(({ message }) => message === 'some notifications cannot be used')
    const problems = JSON.stringify(line?.fields.problems)
    for (const key of [
      'trigger.on-odd',
      'template.on-rollout-aborted',
      'service.slack',
      'service.webhook.other',
      'subscriptions',
    ]) {
      assert.ok(problems.includes(key), `${key} in ${problems}`)
    }
    assert.match(toldOf(told, 'NotificationFailed')[0] ?? '', /template nothing: there is none/)
  })

  notificationStory('is told on the Rollout whose annotation cannot be read', async (told) => {
    const annotations = { 'notifications.argoproj.io/subscriptions': 'trigger: 3' }
    await release(told, notificationConfigMap(releases), web.withAnnotations(annotations).build())
    assert.equal(toldOf(told, 'NotificationSubscriptionInvalid').length, 1)
  })
})

describe('a namespace with a configuration of its own', () => {
  const own = notificationConfigMap(trigger('on-rollout-completed', 'completed here'), 'default')
  const common = notificationConfigMap(trigger('on-rollout-completed', 'completed there'))

  notificationStory(
    'counts beside that of the controller where that is allowed',
    async (told, hook) => {
      await release(told, own, notificationSecret('default'), common, web.build())
      assert.deepEqual(
        [...hook.texts].sort(),
        ['here', 'here', 'there', 'there'].map((where) => `completed ${where}`),
      )
    },
    { notifications: { selfService: true } },
  )

  notificationStory('is not looked at where it is not', async (told, hook) => {
    await release(told, own, notificationSecret('default'), web.build())
    assert.deepEqual(hook.texts, [])
  })
})
