import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { parseRollout } from '../../src/api/rollout.ts'
import { routerPluginErrors } from '../../src/api/validation/router-plugins.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { expectEvents, expectTraffic, rollout, runsOf, sizes } from './expect.ts'
import type { Story } from './harness.ts'
import { Takeover } from './takeover.ts'

/*
 * Takes over what the published controller left behind, as it was read from a real API server. These recordings are no
 * part of this repository: where they are missing, the one test below says so. What needs none of them is in
 * takeover.test.ts.
 */

const variable = 'CROSSFADE_ADOPTED_STATES'
const repository = resolve(import.meta.dirname, '../..')
const folder = resolve(repository, process.env[variable] ?? '../shared/reference/adopted-states')

const list = z.object({ items: z.array(z.record(z.string(), z.json())) })

/** How a release goes on from a recorded state, in several ways. */
interface Recording {
  readonly state: string
  /** Objects that were there and are not in the recording. */
  readonly applied?: readonly object[]
  readonly goesOn: Readonly<Record<string, (story: Story, name: string) => Promise<void>>>
}

const promoteTwice = async (story: Story, name: string): Promise<void> => {
  story.act({ promote: { rollout: name } })
  await story.until(rollout(name).isAtStep(3), '1m')
  await story.until(rollout(name).isPaused('CanaryPauseStep'), '1m')
  story.act({ promote: { rollout: name } })
  await story.until(rollout(name).isHealthy(), '3m')
  await story.until(sizes(name, { 2: 3 }), '2m')
  expectEvents(story, name, [
    'RolloutStepCompleted: Rollout step 2/5 completed (pause)',
    'RolloutCompleted: Rollout completed update to revision 2',
  ])
}

const promoteFull = async (story: Story, name: string): Promise<void> => {
  story.act({ promote: { rollout: name, full: true } })
  await story.until(rollout(name).isHealthy(), '3m')
  await story.until(sizes(name, { 2: 3 }), '2m')
}

const abort = async (story: Story, name: string): Promise<void> => {
  story.act({ abort: { rollout: name } })
  await story.until(rollout(name).isDegraded('RolloutAborted: Rollout aborted update to revision 2'), '1m')
  await story.until(sizes(name, { 1: 3 }), '2m')
}

/** The template of revision 1 again: its ReplicaSet is the stable one. */
const revert = async (story: Story, name: string): Promise<void> => {
  story.act({ setImage: { rollout: name, image: 'app:v1' } })
  await story.until(rollout(name).isHealthy(), '1m')
  await story.until(sizes(name, { 3: 3 }), '2m')
  expectEvents(story, name, ['SkipSteps: Rollback to stable ReplicaSets'])
}

/** Another image is another revision, released from the first step on. */
const release = async (story: Story, name: string): Promise<void> => {
  story.act({ setImage: { rollout: name, image: 'app:v3' } })
  await story.until(rollout(name).isPaused('CanaryPauseStep'), '2m')
  story.expect(rollout(name).isAtStep(1))
  story.act({ promote: { rollout: name, full: true } })
  await story.until(rollout(name).isHealthy(), '3m')
  await story.until(sizes(name, { 3: 3 }), '2m')
}

const recordings: readonly Recording[] = [
  {
    state: 'healthy-canary',
    goesOn: {
      'another image is released': release,
      'a return to the revision before passes the steps': async (story, name) => {
        story.act({ setImage: { rollout: name, image: 'app:v1' } })
        await story.until(rollout(name).isPaused('CanaryPauseStep'), '1m')
        await story.until(sizes(name, { 2: 3, 3: 1 }), '1m')
      },
    },
  },
  {
    state: 'plain-rolling',
    goesOn: {
      'another image is rolled out': async (story, name) => {
        story.act({ setImage: { rollout: name, image: 'app:v3' } })
        await story.until(rollout(name).isHealthy(), '3m')
        await story.until(sizes(name, { 3: 3 }), '1m')
      },
    },
  },
  {
    state: 'paused-canary',
    goesOn: {
      'promoted step by step': promoteTwice,
      'promoted in full': promoteFull,
      aborted: abort,
      'the template is reverted': revert,
      'another image takes its place': release,
    },
  },
  {
    state: 'aborted-canary',
    goesOn: {
      retried: async (story, name) => {
        story.act({ retry: { rollout: name } })
        await story.until(rollout(name).isPaused('CanaryPauseStep'), '1m')
        story.expect(rollout(name).isAtStep(1))
        await promoteTwice(story, name)
      },
      'the template is reverted': revert,
      'another image takes its place': release,
    },
  },
  {
    state: 'in-analysis',
    applied: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisTemplate',
        metadata: { name: 'forever' },
        spec: {
          args: [{ name: 'x' }],
          metrics: [{ name: 'web', provider: { web: { url: 'http://127.0.0.1:9/', timeoutSeconds: 1 } } }],
        },
      },
    ],
    goesOn: {
      'the same run goes on measuring, until the release is promoted in full': async (story, name) => {
        const [run, ...others] = runsOf(story, name)
        assert.deepEqual(others, [], 'a run was started again')
        assert.equal(run?.status?.phase, 'Running')
        const errors = run?.status?.metricResults?.[0]?.error ?? 0
        assert.ok(errors > 7, 'the run does not go on')
        await promoteFull(story, name)
        assert.equal(runsOf(story, name)[0]?.spec.terminate, true)
      },
      aborted: abort,
    },
  },
  {
    state: 'nginx-canary',
    goesOn: {
      'promoted step by step': async (story, name) => {
        expectTraffic(story, name, { 1: 80, 2: 20 })
        await promoteTwice(story, name)
        expectTraffic(story, name, { 2: 100 })
      },
      'aborted: all requests go back': async (story, name) => {
        await abort(story, name)
        expectTraffic(story, name, { 1: 100 })
      },
      'the template is reverted': revert,
    },
  },
  {
    state: 'paused-bluegreen',
    goesOn: {
      'promoted: the active Service is switched': async (story, name) => {
        story.act({ promote: { rollout: name } })
        await story.until(rollout(name).isHealthy(), '3m')
        await story.until(sizes(name, { 2: 3 }), '2m')
      },
      'aborted: the active Service stays': async (story, name) => {
        story.act({ abort: { rollout: name } })
        await story.until(rollout(name).isDegraded(/^RolloutAborted/), '1m')
        await story.until(sizes(name, { 1: 3 }), '2m')
      },
    },
  },
  { state: 'workload-ref', goesOn: { 'promoted step by step': promoteTwice, aborted: abort } },
]

const read = (state: string): readonly JsonObject[] =>
  list.parse(JSON.parse(readFileSync(resolve(folder, `${state}.json`), 'utf8'))).items

/** What keeps this version from serving a recorded Rollout. */
const unsupportedIn = (objects: readonly JsonObject[]): readonly string[] => {
  const parsed = parseRollout(objects.find(({ kind }) => kind === 'Rollout'))
  return parsed.ok ? routerPluginErrors(parsed.value).map(({ field }) => field) : ['the Rollout cannot be read']
}

const taken = async ({ state, applied = [] }: Recording): Promise<Takeover> => {
  const takeover = new Takeover({ rollout: state, stored: read(state), applied })
  await takeover.begin()
  takeover.expectSamePods()
  takeover.expectSamePlace()
  takeover.expectNothingWritten()
  return takeover
}

const play = (recording: Recording): void => {
  it('nothing is written, no pod and no step is touched', async () => {
    const { story } = await taken(recording)
    await story.pass('20m')
    await story.conclude()
  })
  for (const [way, goOn] of Object.entries(recording.goesOn)) {
    it(`goes on: ${way}`, async () => {
      const { story } = await taken(recording)
      await goOn(story, recording.state)
      await story.conclude()
    })
  }
}

const present = (state: string): boolean => existsSync(resolve(folder, `${state}.json`))

describe('a Rollout that the published controller left behind', () => {
  if (!existsSync(folder)) {
    it('is not checked here: there are no recorded states', (test) => {
      test.diagnostic(`there is no folder ${folder}; set ${variable} to the one with the recorded states`)
    })
  }
  for (const recording of recordings.filter(({ state }) => present(state))) {
    const unsupported = unsupportedIn(read(recording.state))
    describe(recording.state, () => {
      if (unsupported.length === 0) play(recording)
      else
        it('is not taken over by this version', (test) => {
          test.diagnostic(`it uses ${unsupported.join(', ')}, which this version does not serve`)
        })
    })
  }
  const others = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []
  for (const file of others.filter((name) => !recordings.some(({ state }) => name === `${state}.json`))) {
    it(`${file}: nothing is written, no pod and no step is touched`, async () => {
      const state = file.replace('.json', '')
      const { story } = await taken({ state, goesOn: {} })
      await story.conclude()
    })
  }
})
