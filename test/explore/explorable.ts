import type { Call } from '../../src/sandbox/api-server/interceptor.ts'
import { aMetric, anAnalysisTemplate, servicePair } from '../builders/objects.ts'
import type { RolloutBuilder } from '../builders/rollout-builder.ts'
import { rollout } from '../scenario/expect.ts'
import type { Story, StoryOptions } from '../scenario/harness.ts'

/** A story that comes to the same end whatever goes wrong with one call. */
export interface Explorable {
  readonly name: string
  readonly options: Pick<StoryOptions, 'metrics' | 'pods' | 'net'>
  /** The calls for which it is told, where other scenarios make the rest of them too. Default: all of them. */
  readonly about?: (call: Call) => boolean
  /** Tells the story to its end, of the Rollout `web`. */
  readonly tell: (story: Story) => Promise<void>
}

/** What the metric `check` says of a good version. */
export const good: Explorable['options'] = { metrics: [{ metric: 'check', cases: [{ values: [1] }] }] }

/** What the metric `check` says of a bad version. */
export const bad: Explorable['options'] = { metrics: [{ metric: 'check', cases: [{ values: [0] }] }] }

const check = anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '5s' }))

/** Long enough for every delay, back-off and takeover. */
export const end = '15m'

/** The first version is out, and the second is asked for. */
export const release = async (story: Story, builder: RolloutBuilder, ...objects: readonly object[]): Promise<void> => {
  await story.begin(...servicePair('web'), check, ...objects, builder.build())
  await story.until(rollout('web').isStableAt(1), '10m')
  await story.until(rollout('web').isHealthy(), '10m')
  await story.pass('1m')
  story.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** Waits for the first pause of the steps, or before the switch. */
export const isPausedAtFirstStep = async (story: Story): Promise<void> => {
  await story.until(rollout('web').isPaused(/PauseStep|BlueGreenPause/), '10m')
  await story.pass('1m')
}

/** A release that nobody interferes with. */
export const simple = (
  name: string,
  options: Explorable['options'],
  builder: RolloutBuilder,
  ...objects: readonly object[]
): Explorable => ({
  name,
  options,
  tell: async (story) => {
    await release(story, builder, ...objects)
    await story.pass(end)
  },
})

/** A release that people change while it is paused, each time when the change before has had its effect. */
export const whilePaused = (
  name: string,
  builder: RolloutBuilder,
  objects: readonly object[],
  ...changes: readonly Parameters<Story['act']>[0][]
): Explorable => ({
  name,
  options: good,
  tell: async (story) => {
    await release(story, builder, ...objects)
    await isPausedAtFirstStep(story)
    for (const change of changes) {
      story.act(change)
      await story.pass(end)
    }
  },
})
