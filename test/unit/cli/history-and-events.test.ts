import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { events } from '../../../src/api/resources.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

const session = (): CliSession => new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock })
const run = (line: string): Promise<Outcome> => session().run(...line.split(' '))

describe('history', () => {
  beforeEach(setUp)

  beforeEach(async () => {
    cluster.addRevision(1, 'web:0')
    cluster.addRevision(2, 'web:1', 1)
    cluster.setStatus({ stableRS: 'hash1', currentPodHash: 'hash2' })
    await cluster.sandbox.clock.run({ forMs: 5000 })
  })

  it('lists revisions, newest first', async () => {
    const { code, stdout, stderr } = await run('history web')
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual(stdout.split('\n'), [
      'REVISION  ROLE    AVAILABLE  AGE  IMAGES',
      '2         canary  1/1        5s   web:1,sidecar:1',
      '1         stable  0/0        5s   web:0,sidecar:1',
      '',
    ])
  })

  it('names ReplicaSets, and what was noted of a revision, when asked for more', async () => {
    const metadata = { annotations: { 'kubernetes.io/change-cause': 'new colours' } }
    cluster.sandbox.cluster.patch('test', 'ReplicaSet', { namespace: 'default', name: 'web-hash2' }, { metadata })
    const [head, first] = (await run('history web -o wide')).stdout.split('\n')
    assert.match(head ?? '', / REPLICASET +CHANGE-CAUSE$/)
    assert.match(first ?? '', / web-hash2 +new colours$/)
  })

  it('prints the pod template of a revision as users wrote it', async () => {
    const { stdout } = await run('history web --revision 1 -o json')
    assert.deepEqual(JSON.parse(stdout).metadata, { labels: { app: 'web' } })
    assert.match((await run('history web --revision=1')).stdout, /^ {2}- name: main\n {4}image: web:0|image: web:0/m)
    assert.equal(
      (await run('history web --revision 9')).stderr,
      'Error: unable to find specified revision 9 in history\n',
    )
  })

  it('prints data', async () => {
    const [first] = JSON.parse((await run('history web -o json')).stdout)
    assert.deepEqual([first.revision, first.roles, first.hash], [2, ['canary'], 'hash2'])
  })

  it('says when there are no revisions, and when there is no Rollout', async () => {
    cluster = new ClusterWithRollout()
    assert.deepEqual(await run('history web'), { code: 0, stdout: '', stderr: 'No revisions found.\n' })
    assert.equal((await run('history typo')).stderr, 'Error: rollout.argoproj.io "typo" not found\n')
  })
})

describe('events', () => {
  beforeEach(setUp)

  const addEvent = (name: string, about: { kind: string; name: string; uid: string }, members: object): void => {
    const event = {
      metadata: { name, namespace: 'default' },
      involvedObject: { apiVersion: 'v1', namespace: 'default', ...about },
      type: 'Normal',
      reason: 'Seen',
      ...members,
    }
    cluster.sandbox.server.objects.create(events, JSON.parse(JSON.stringify(event)))
  }

  const aboutRollout = () => ({ kind: 'Rollout', name: 'web', uid: cluster.rollout().metadata.uid })

  const at = (seconds: number): string => `2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z`

  beforeEach(async () => {
    cluster.addRevision(1, 'web:0', 1)
    await cluster.sandbox.clock.run({ forMs: 60_000 })
    const { uid } = cluster.sandbox.cluster.get('ReplicaSet', { namespace: 'default', name: 'web-hash1' })
      ?.metadata ?? { uid: '' }
    addEvent('b', { kind: 'ReplicaSet', name: 'web-hash1', uid }, { message: 'made a pod', lastTimestamp: at(20) })
    addEvent('a', aboutRollout(), {
      message: 'scaled up\n',
      reason: 'ScalingReplicaSet',
      lastTimestamp: at(10),
      count: 3,
    })
    addEvent(
      'c',
      { kind: 'Pod', name: 'other', uid: 'of-somebody-else' },
      { message: 'not ours', lastTimestamp: at(30) },
    )
  })

  it('lists what happened to the Rollout and what belongs to it, the latest last', async () => {
    const { stdout } = await run('events web')
    const ours = stdout.split('\n').filter((line) => /LAST SEEN|Seen|ScalingReplicaSet/.test(line))
    assert.deepEqual(
      ours.map((line) => line.replace(/ {2,}/g, ' | ')),
      [
        'LAST SEEN | TYPE | REASON | OBJECT | MESSAGE',
        '50s (x3) | Normal | ScalingReplicaSet | Rollout/web | scaled up',
        '40s | Normal | Seen | ReplicaSet/web-hash1 | made a pod',
      ],
    )
    assert.doesNotMatch(stdout, /not ours/)
  })

  it('goes on with what happens', async () => {
    const watching = session()
    void watching.run('events', 'web', '-w')
    await cluster.sandbox.clock.run({ forMs: 1000 })
    const before = watching.out.text
    assert.match(before, /^LAST SEEN .*\n/)
    addEvent('d', aboutRollout(), { message: 'paused', reason: 'RolloutPaused', lastTimestamp: '2026-01-01T00:01:01Z' })
    await cluster.sandbox.clock.run({ forMs: 1000 })
    assert.match(watching.out.text.slice(before.length), /^\d+s +Normal +RolloutPaused +Rollout\/web +paused\n$/)
    watching.interrupt()
    await cluster.sandbox.clock.run({ forMs: 1000 })
  })

  it('prints data, and says when there are none', async () => {
    const data: readonly { reason: string }[] = JSON.parse((await run('events web -o json')).stdout)
    assert.ok(data.some(({ reason }) => reason === 'ScalingReplicaSet'))
    cluster = new ClusterWithRollout()
    assert.deepEqual(await run('events web'), { code: 0, stdout: '', stderr: 'No events found.\n' })
  })
})
