import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageParts } from '../../../src/dashboard/model/image-text.ts'
import { phaseTone, podTone } from '../../../src/dashboard/model/phase.ts'
import { favoritesIn } from '../../../src/dashboard/model/storage.ts'
import { agoText, durationText, leftText, restartTime, timeOf } from '../../../src/dashboard/model/time-text.ts'
import { percentOf, shareOf, weightsOf } from '../../../src/dashboard/model/weights.ts'
import { aRolloutInfo } from '../../builders/rollout-info.ts'

const now = Date.parse('2026-01-31T12:00:00Z')

test('a length of time is told in its two largest units', () => {
  assert.deepEqual([0, 45_999, 90_000, 3_600_000, 7_500_000, 200_000_000, -5].map(durationText), [
    '0s',
    '45s',
    '1m 30s',
    '1h',
    '2h 5m',
    '2d 7h',
    '0s',
  ])
})

test('a moment is told by how long ago it was, also by a clock that is behind', () => {
  assert.equal(agoText(now - 300_000, now), '5m ago')
  assert.equal(agoText(now + 60_000, now), 'just now')
})

test('time is left until a date that has not passed', () => {
  assert.equal(leftText('2026-01-31T12:00:30Z', now), '30s')
  assert.equal(leftText('2026-01-31T11:59:59Z', now), undefined)
  assert.equal(leftText(undefined, now), undefined)
})

test('a text that is no date has no time', () => {
  assert.deepEqual([timeOf(''), timeOf('soon'), timeOf(null)], [undefined, undefined, undefined])
})

test('the time of a restart is read as the API writes it', () => {
  assert.equal(restartTime('2026-01-31 12:00:00 +0000 UTC'), now)
  assert.equal(restartTime('2026-01-31 14:00:00 +0200 CEST'), now)
  assert.equal(restartTime('Never'), undefined)
})

for (const [text, parts] of [
  ['web:1.4', { image: 'web', tag: '1.4' }],
  ['registry:5000/shop/web:1.4', { image: 'registry:5000/shop/web', tag: '1.4' }],
  [' web@sha256:0f ', { image: 'web@sha256', tag: '0f' }],
  ['registry:5000/shop/web', undefined],
  ['web', undefined],
  ['web:', undefined],
  [':1', undefined],
  ['web :1', undefined],
] as const) {
  test(`the image "${text}" ${parts ? 'is taken in two parts' : 'names no tag, and is not taken'}`, () => {
    assert.deepEqual(imageParts(text), parts)
  })
}

test('a weight is read from its text', () => {
  assert.deepEqual(['20', '33%', '', 'much', undefined].map(percentOf), [20, 33, undefined, undefined, undefined])
})

test('a canary has weights, of which the whole is 100 or the largest that is named', () => {
  const canary = aRolloutInfo('web', { setWeight: '20', actualWeight: '10' })
  assert.deepEqual(weightsOf(canary), { desired: 20, actual: 10, max: 100 })
  assert.equal(weightsOf({ ...canary, steps: [{ setWeight: 400 }] })?.max, 400)
  assert.equal(weightsOf({ ...canary, strategy: 'BlueGreen' }), undefined)
  assert.deepEqual([shareOf(50, 200), shareOf(300, 200), shareOf(-1, 200)], [0.25, 1, 0])
})

test('phases and states of pods have a tone', () => {
  assert.deepEqual(['Healthy', 'Degraded', 'Paused', 'Running', 'News'].map(phaseTone), [
    'good',
    'bad',
    'waiting',
    'busy',
    'unknown',
  ])
  assert.deepEqual(
    [
      podTone('Running', '2/2'),
      podTone('Running', '1/2'),
      podTone('Init:0/1', '0/1'),
      podTone('CrashLoopBackOff', '0/1'),
      podTone('ImagePullBackOff', '0/1'),
      podTone('ErrImagePull', '0/1'),
      podTone('ExitCode:1', '0/1'),
    ],
    ['good', 'busy', 'busy', 'bad', 'warning', 'warning', 'bad'],
  )
})

test('favourites that somebody else wrote are none', () => {
  assert.deepEqual(favoritesIn('{"web":true,"cart":false,"odd":"yes"}'), { web: true })
  assert.deepEqual([favoritesIn(undefined), favoritesIn('[not json'), favoritesIn('null')], [{}, {}, {}])
})
