import assert from 'node:assert/strict'
import type { Experiment } from '../../src/api/experiment.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { aMetric, anAnalysisTemplate, servicePair } from '../builders/objects.ts'
import { aRollout, type RolloutBuilder } from '../builders/rollout-builder.ts'
import { rollout, theRollout } from './expect.ts'
import { replicaSetsOf } from './expect-experiment.ts'
import type { Condition, Story } from './harness.ts'

/** Three measurements of the metric `check`. */
export const check = anAnalysisTemplate('check', aMetric('check', { count: 3, interval: '10s' }))

/** A Rollout whose pods serve on a port. */
export const web = aRollout('web').withReplicas(4).withPorts(8080)

/** The first version is out, and the second is asked for. */
export const release = async (story: Story, builder: RolloutBuilder, ...objects: object[]): Promise<void> => {
  await story.begin(check, ...servicePair('web'), ...objects, builder.build())
  await story.until(rollout('web').isHealthy(), '2m')
  story.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** The Experiments of the Rollout `web`. */
export const all = (sandbox: Sandbox): readonly DeepReadonly<Experiment>[] => {
  const { uid } = theRollout(sandbox, 'web').metadata
  return sandbox.cluster
    .list('Experiment', 'default')
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
}

/** The only one. Fails when there is another number of them. */
export const theOnly = (told: Story): DeepReadonly<Experiment> => {
  const [only, ...others] = all(told.sandbox)
  assert.deepEqual(
    others.map(({ metadata }) => metadata.name),
    [],
  )
  return only ?? assert.fail('there is no Experiment')
}

/** One of them is in its phase Running. */
export const runs: Condition = {
  describe: 'an experiment of web runs',
  holds: (sandbox) => all(sandbox).some(({ status }) => status?.phase === 'Running'),
}

/** None of them has pods. */
export const rests: Condition = {
  describe: 'no pods of an experiment are left',
  holds: (sandbox) =>
    all(sandbox).every(({ metadata }) =>
      [...replicaSetsOf(sandbox, metadata.name).values()].every(({ status }) => (status?.replicas ?? 0) === 0),
    ),
}
