import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CanaryStep } from '../../../src/api/steps.ts'
import { stepLines, stepPosition, stepTitle } from '../../../src/dashboard/model/steps.ts'

const titles: readonly (readonly [CanaryStep, string])[] = [
  [{ setWeight: 0 }, 'Set weight: 0%'],
  [{ setWeight: 250 }, 'Set weight: 250'],
  [{ pause: {} }, 'Pause until promoted'],
  [{ pause: { duration: 90 } }, 'Pause for 90s'],
  [{ pause: { duration: '1h' } }, 'Pause for 1h'],
  [{ setCanaryScale: { replicas: 1 } }, 'Canary scale: 1 pod'],
  [{ setCanaryScale: { weight: 25 } }, 'Canary scale: 25% of the pods'],
  [{ setCanaryScale: { matchTrafficWeight: true } }, 'Canary scale: as the traffic weight'],
  [{ analysis: { templates: [] } }, 'Analysis'],
  [{ experiment: { templates: [] } }, 'Experiment'],
  [
    { setHeaderRoute: { name: 'qa', match: [{ headerName: 'a', headerValue: { exact: 'b' } }] } },
    'Set header route: qa',
  ],
  [{ setHeaderRoute: { name: 'qa', cookie: { name: 'a', value: { exact: 'b' } } } }, 'Set header route: qa'],
  [{ setHeaderRoute: { name: 'qa' } }, 'Remove header route: qa'],
  [{ setMirrorRoute: { name: 'copy', match: [{ method: { exact: 'GET' } }] } }, 'Set mirror: copy'],
  [{ setMirrorRoute: { name: 'copy' } }, 'Remove mirror: copy'],
  [{ plugin: { name: 'acme/gate' } }, 'Plugin: acme/gate'],
]

for (const [step, title] of titles) {
  test(`${JSON.stringify(step)} is shown as "${title}"`, () => assert.equal(stepTitle(step), title))
}

const steps: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }]

test('steps before the position are done, the one at it is current', () => {
  assert.deepEqual(
    stepLines({ step: '1/3', steps }).map(({ state }) => state),
    ['done', 'current', 'ahead'],
  )
})

test('at position 0 nothing is done, and at the end everything is', () => {
  assert.deepEqual(stepLines({ step: '0/3', steps })[0]?.state, 'current')
  assert.deepEqual(
    stepLines({ step: '3/3', steps }).map(({ state }) => state),
    ['done', 'done', 'done'],
  )
})

test('a Rollout without steps has no position', () => {
  assert.equal(stepPosition({}), undefined)
  assert.equal(stepPosition({ step: 'odd/text' }), undefined)
})

test('an analysis tells its templates and arguments, an experiment its versions', () => {
  const [analysis, experiment] = stepLines({
    steps: [
      { analysis: { templates: [{ templateName: 'rate' }], args: [{ name: 'service', value: 'web' }] } },
      {
        experiment: {
          duration: '5m',
          templates: [{ name: 'base', specRef: 'stable', replicas: 2, weight: 10 }],
          analyses: [{ name: 'compare', templateName: 'mann-whitney' }],
        },
      },
    ],
  })
  assert.deepEqual(analysis?.details, [
    ['Template', 'rate'],
    ['Argument service', 'web'],
  ])
  assert.deepEqual(experiment?.details, [
    ['Duration', '5m'],
    ['Template base', 'stable, 2 replicas, weight 10'],
    ['Analysis compare', 'mann-whitney'],
  ])
})

test('a mirror tells its share and what it matches, a plugin its configuration', () => {
  const [mirror, plugin] = stepLines({
    steps: [
      { setMirrorRoute: { name: 'copy', percentage: 35, match: [{ method: { exact: 'GET' } }] } },
      { plugin: { name: 'acme/gate', config: { wait: '5m' } } },
    ],
  })
  assert.deepEqual(mirror?.details[0], ['Share', '35%'])
  assert.match(mirror?.details[1]?.[1] ?? '', /"exact": "GET"/)
  assert.deepEqual(plugin?.details, [['Configuration', '{\n  "wait": "5m"\n}']])
})
