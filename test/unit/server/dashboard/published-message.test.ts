import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { asAnalysisRun, asPod, asReplicaSet, asRollout } from '../../../../src/client/stored-objects.ts'
import type { StoredObject } from '../../../../src/kube/informer.ts'
import { rolloutMessage } from '../../../../src/server/dashboard/rollout-message.ts'

const folder = join(import.meta.dirname, '../../../golden/published/dashboard')

/** What the API server has of a release. */
interface Objects {
  readonly rollout: StoredObject
  readonly replicaSets: readonly StoredObject[]
  readonly pods: readonly StoredObject[]
  readonly analysisRuns: readonly StoredObject[]
}

/** The published server adds empty members to what users wrote of their metrics; here it is told as they wrote it. */
const withoutAdded = (key: string, value: unknown): unknown => (key === 'authentication' ? undefined : value)

const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8'), withoutAdded) as T

const told = ({ rollout, replicaSets, pods, analysisRuns }: Objects): unknown => {
  const own = asRollout(rollout)
  const objects = {
    rollout: own,
    replicaSets: replicaSets.map(asReplicaSet),
    pods: pods.map(asPod),
    analysisRuns: analysisRuns.map(asAnalysisRun),
    template: own.spec.template,
  }
  return JSON.parse(JSON.stringify(rolloutMessage(objects, 0)))
}

describe('what the dashboard tells is what the published one (v1.10.2) told of the same objects', () => {
  for (const name of ['release-that-waits', 'aborted-release']) {
    it(name, () => {
      assert.deepEqual(told(read<Objects>(`${name}.objects.json`)), read(`${name}.json`))
    })
  }
})
