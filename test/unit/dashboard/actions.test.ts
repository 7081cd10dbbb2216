import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accepted,
  actionKinds,
  type Command,
  consequence,
  isEnabled,
  question,
  refused,
  requestOf,
} from '../../../src/dashboard/model/actions.ts'
import { imagesOf, revisionsOf, rolesOf } from '../../../src/dashboard/model/revisions.ts'
import { aReplicaSetInfo, aRolloutInfo } from '../../builders/rollout-info.ts'

const setImage: Command = {
  kind: 'set-image',
  container: 'main',
  image: { image: 'registry:5000/shop/web', tag: 'v 1' },
}

for (const [status, enabled] of [
  ['Healthy', ['restart']],
  ['Degraded', ['restart', 'retry']],
  ['Progressing', ['restart', 'abort', 'promote', 'promote-full']],
  ['Paused', ['restart', 'abort', 'promote', 'promote-full']],
] as const) {
  test(`a Rollout that is ${status} takes ${enabled.join(', ')}`, () => {
    assert.deepEqual(
      actionKinds.filter((kind) => isEnabled(kind, { status })),
      enabled,
    )
  })
}

test('commands are requests with the paths of the published API', () => {
  const requests = [{ kind: 'restart' }, { kind: 'promote' }, { kind: 'promote-full' }, { kind: 'undo', revision: 3 }]
  const all = [...(requests as readonly Command[]), setImage].map((command) => requestOf(command, 'shop', 'web'))
  assert.deepEqual(all, [
    { path: 'rollouts/shop/web/restart', body: {} },
    { path: 'rollouts/shop/web/promote', body: { full: false } },
    { path: 'rollouts/shop/web/promote', body: { full: true } },
    { path: 'rollouts/shop/web/undo/3', body: {} },
    { path: 'rollouts/shop/web/set/main/registry%3A5000/shop/web/v%201', body: {} },
  ])
})

test('a promotion says which step comes next', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }]
  const promote = (step: string) => consequence({ kind: 'promote' }, aRolloutInfo('web', { step, steps }))
  assert.equal(promote('1/3'), 'The release goes on with step 3 of 3: Set weight: 60%.')
  assert.equal(promote('2/3'), 'The last step is left; the new version gets all traffic.')
  assert.equal(promote('3/3'), 'The release goes on to its end.')
  assert.equal(
    consequence({ kind: 'promote' }, aRolloutInfo('web', { strategy: 'BlueGreen' })),
    'The new version becomes the active one.',
  )
})

test('every command asks a question, and has an answer for both ends', () => {
  const undo: Command = { kind: 'undo', revision: 3 }
  assert.deepEqual(
    [question(undo, 'web'), question(setImage, 'web'), question({ kind: 'promote-full' }, 'web')],
    ['Roll web back to revision 3?', 'Set the image of main in web?', 'Promote full web?'],
  )
  assert.equal(consequence(undo, aRolloutInfo('web')), 'A release begins with the pod template of revision 3.')
  assert.equal(accepted({ kind: 'abort' }, 'web'), 'web is aborted')
  assert.deepEqual(
    [refused(undo, 'web'), refused(setImage, 'web'), refused({ kind: 'retry' }, 'web')],
    ['Could not roll web back', 'Could not set the image of main in web', 'Could not retry web'],
  )
})

test('revisions gather all that belongs to them, the newest first', () => {
  const revisions = revisionsOf(
    aRolloutInfo('web', {
      replicaSets: [aReplicaSetInfo(2), aReplicaSetInfo(10)],
      experiments: [{ objectMeta: { name: 'e' }, revision: 10 }],
      analysisRuns: [{ objectMeta: { name: 'a' }, revision: 3, specAndStatus: { spec: { metrics: [] }, status: {} } }],
    }),
  )
  assert.deepEqual(
    revisions.map(({ number, ...of }) => [
      number,
      of.replicaSets.length,
      of.experiments.length,
      of.analysisRuns.length,
    ]),
    [
      [10, 1, 1, 0],
      [3, 0, 0, 1],
      [2, 1, 0, 0],
    ],
  )
})

test('images are told once, with the parts that they play; those that play none stand last', () => {
  const sets = [
    aReplicaSetInfo(1, { images: ['web:0'] }),
    aReplicaSetInfo(2, { images: ['web:1', 'proxy:1'], stable: true }),
    aReplicaSetInfo(3, { images: ['web:2', 'proxy:1'], initContainerImages: ['migrate:2'], canary: true }),
  ]
  assert.deepEqual(imagesOf(sets), [
    { image: 'web:1', roles: ['stable'] },
    { image: 'proxy:1', roles: ['stable', 'canary'] },
    { image: 'web:2', roles: ['canary'] },
    { image: 'migrate:2', roles: ['canary'] },
    { image: 'web:0', roles: [] },
  ])
  assert.deepEqual(rolesOf(aReplicaSetInfo(1, { stable: true, ping: true })), ['stable', 'ping'])
})
