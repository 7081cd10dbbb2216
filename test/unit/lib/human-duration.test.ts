import assert from 'node:assert/strict'
import { it } from 'node:test'
import { humanDuration } from '../../../src/lib/human-duration.ts'

const second = 1000
const hour = 3600 * second
const day = 24 * hour

it('an age is as short as it can be without being too coarse', () => {
  const ages: readonly (readonly [number, string])[] = [
    [-5 * second, '<invalid>'],
    [-1 * second, '0s'],
    [119.9 * second, '119s'],
    [120 * second, '2m'],
    [455 * second, '7m35s'],
    [10 * 60 * second, '10m'],
    [179 * 60 * second, '179m'],
    [3 * hour, '3h'],
    [3.5 * hour, '3h30m'],
    [8.5 * hour, '8h'],
    [47 * hour, '47h'],
    [50 * hour, '2d2h'],
    [8 * day, '8d'],
    [729 * day, '729d'],
    [731 * day, '2y1d'],
    [9 * 365 * day, '9y'],
  ]
  for (const [ms, text] of ages) assert.equal(humanDuration(ms), text)
})
