import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Rollout } from '../../../src/api/rollout.ts'
import { type Promotion, promotePatches } from '../../../src/api/rollout-commands.ts'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'

const paused = [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }]
const inconclusive = { currentStepAnalysisRunStatus: { name: 'run', status: 'Inconclusive' } }
const threeSteps = aRollout('web').withSteps(setWeight(20), pause(), setWeight(50))
const blueGreen = aRollout('web').withSpec({ strategy: { blueGreen: { activeService: 'web' } } })

const stored = (builder: typeof threeSteps, status: RolloutStatus): Rollout => {
  const manifest = builder.build()
  const metadata = { name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  return { ...manifest, metadata, status }
}

describe('promote writes', () => {
  const cases: readonly (readonly [string, Promotion, Rollout, unknown])[] = [
    [
      'the end of a pause, and nothing else',
      'next',
      stored(threeSteps, { pauseConditions: paused, controllerPause: true, currentStepIndex: 1 }),
      [{ subresource: 'status', patch: { status: { pauseConditions: null } } }],
    ],
    [
      'the next step, where nothing is paused',
      'next',
      stored(threeSteps, { currentStepIndex: 0 }),
      [{ subresource: 'status', patch: { status: { pauseConditions: null, currentStepIndex: 1 } } }],
    ],
    [
      'the next step and the end of the pause after an inconclusive analysis',
      'next',
      stored(threeSteps, { pauseConditions: paused, controllerPause: true, currentStepIndex: 1, canary: inconclusive }),
      [
        {
          subresource: 'status',
          patch: { status: { pauseConditions: null, controllerPause: false, currentStepIndex: 2 } },
        },
      ],
    ],
    [
      'the status first, and then the end of a pause by hand',
      'next',
      stored(threeSteps.withSpec({ paused: true }), { pauseConditions: paused, currentStepIndex: 1 }),
      [{ subresource: 'status', patch: { status: { pauseConditions: null } } }, { patch: { spec: { paused: false } } }],
    ],
    [
      'no index past the last step',
      'next',
      stored(threeSteps, { currentStepIndex: 3 }),
      [{ subresource: 'status', patch: { status: { pauseConditions: null, currentStepIndex: 3 } } }],
    ],
    ['nothing for a blue/green release that does not wait', 'next', stored(blueGreen, {}), []],
    [
      'the end of the pause of a blue/green release',
      'next',
      stored(blueGreen, { pauseConditions: paused }),
      [{ subresource: 'status', patch: { status: { pauseConditions: null } } }],
    ],
    [
      'promoteFull in the middle of a release',
      'full',
      stored(threeSteps, { currentPodHash: 'b', stableRS: 'a' }),
      [{ subresource: 'status', patch: { status: { promoteFull: true } } }],
    ],
    ['no promoteFull where all is promoted', 'full', stored(threeSteps, { currentPodHash: 'a', stableRS: 'a' }), []],
    [
      'the next index for --skip-current-step',
      'skipCurrentStep',
      stored(threeSteps, { currentStepIndex: 1 }),
      [{ subresource: 'status', patch: { status: { currentStepIndex: 2 } } }],
    ],
    [
      'the number of steps for --skip-all-steps',
      'skipAllSteps',
      stored(threeSteps, { currentStepIndex: 1 }),
      [{ subresource: 'status', patch: { status: { currentStepIndex: 3 } } }],
    ],
  ]
  for (const [title, promotion, rollout, patches] of cases) {
    it(title, () => assert.deepEqual(promotePatches(rollout, promotion), patches))
  }
})
