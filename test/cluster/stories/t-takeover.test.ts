import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'

import type { AuditMark } from '../harness/audit.ts'
import { hashLabel } from '../harness/chronicle.ts'
import type { Rollout } from '../harness/objects.ts'
import { restore, type StoredObject, storedObjects } from '../harness/restore.ts'
import type { Scene } from '../harness/scene.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually, throughout } from '../harness/wait.ts'

/*
 * States that the published controller left behind on a real API server. They are no part of this repository: where they
 * are missing, this suite says so.
 */
const variable = 'CROSSFADE_ADOPTED_STATES'
const repository = resolve(import.meta.dirname, '..', '..', '..')
const folder = resolve(repository, process.env[variable] ?? '../shared/reference/adopted-states')
const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []

/** What a person does next, one after the other. */
interface GoingOn {
  readonly act: (taken: Taken) => Promise<void>
  /** The revision that everything ends with. */
  readonly revision: string
}

interface Taken {
  readonly name: string
  readonly scene: Scene
  readonly objects: readonly StoredObject[]
  /** The version of each pod, by its uid. */
  readonly podsBefore: ReadonlyMap<string, string>
  readonly setsBefore: readonly string[]
  readonly rolloutBefore: Rollout
}

const command = ({ scene, name }: Taken, status: object): Promise<void> =>
  scene.patch('Rollout', name, { status }, 'status')

const promoteFull = (taken: Taken): Promise<void> => command(taken, { promoteFull: true })

const promote = (taken: Taken): Promise<void> => command(taken, { pauseConditions: null })

const untilStep = async ({ scene }: Taken, step: number): Promise<void> => {
  await scene.untilRollout(`is paused at step ${step}`, ({ status }) => {
    return status.phase === 'Paused' && status.currentStepIndex === step
  })
}

/** Another image in the same template. */
const release = async ({ scene, name, objects }: Taken): Promise<void> => {
  const spec = JSON.stringify(objects.find(({ kind }) => kind === 'Rollout')?.spec ?? {})
  await scene.patch('Rollout', name, { spec: JSON.parse(spec.replaceAll('"app:v2"', '"app:v3"')) })
}

const continuations: Readonly<Record<string, GoingOn>> = {
  'paused-canary': {
    revision: '2',
    async act(taken) {
      await promote(taken)
      await untilStep(taken, 3)
      await promote(taken)
    },
  },
  'aborted-canary': {
    revision: '2',
    async act(taken) {
      await command(taken, { abort: false })
      await untilStep(taken, 1)
      await promoteFull(taken)
    },
  },
  'healthy-canary': {
    revision: '3',
    async act(taken) {
      await release(taken)
      await untilStep(taken, 1)
      await promoteFull(taken)
    },
  },
  'plain-rolling': { revision: '3', act: release },
  'paused-bluegreen': { revision: '2', act: promote },
}

const inFull: GoingOn = { revision: '2', act: promoteFull }

const versionOf = (labels: Readonly<Record<string, string>>): string => labels[hashLabel] ?? ''

const writes = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
/** What tells or measures may be written. */
const told = new Set(['events', 'analysisruns'])

describe('(t) Rollouts that the published controller left behind go on where they are', {
  concurrency: true,
  skip: names.length > 0 ? false : `no recorded states in ${folder} (${variable} names their folder)`,
}, () => {
  let story: Story
  let since: AuditMark
  const taken = new Map<string, Taken>()

  const open = async (name: string): Promise<void> => {
    const objects = storedObjects(JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8')))
    const scene = await story.openScene(name, name)
    await restore(scene, story.cluster.plane.api, objects)
    const wanted = objects.filter(({ kind }) => kind === 'Pod').length
    await eventually(`${name}: ${wanted} pods are available`, async () => {
      const sets = await scene.replicaSets()
      const there = sets.reduce((sum, { status }) => sum + status.availableReplicas, 0)
      return there === wanted ? { found: undefined } : { missing: String(there) }
    })
    const podsBefore = new Map((await scene.pods()).map(({ metadata }) => [metadata.uid, versionOf(metadata.labels)]))
    const setsBefore = (await scene.replicaSets()).map(({ metadata }) => metadata.uid)
    taken.set(name, { name, scene, objects, podsBefore, setsBefore, rolloutBefore: await scene.rollout() })
  }

  before(async () => {
    story = await tellStory('t')
    await Promise.all(names.map((file) => open(file.replace('.json', ''))))
    since = await story.cluster.plane.audit.mark()
    await story.startController()
  })

  after(() => story.end())

  const writesIn = async (namespace: string): Promise<readonly string[]> => {
    const requests = await story.installation.requests(since)
    return requests
      .filter(({ verb, objectRef }) => writes.has(verb) && !told.has(objectRef?.resource ?? ''))
      .filter(({ objectRef }) => objectRef?.namespace === namespace)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`)
  }

  for (const file of names) {
    const name = file.replace('.json', '')
    it(name, async () => {
      const state = taken.get(name)
      assert.ok(state !== undefined)
      const { scene, podsBefore, setsBefore, rolloutBefore } = state
      await throughout(3000, async () => assert.deepEqual(await writesIn(scene.namespace), []))
      assert.deepEqual((await scene.rollout()).metadata.resourceVersion, rolloutBefore.metadata.resourceVersion)

      const { act, revision } = continuations[name] ?? inFull
      await act(state)
      const { status, metadata } = await scene.untilPhase('Healthy')
      assert.equal(metadata.annotations['rollout.argoproj.io/revision'], revision)
      assert.equal(status.stableRS, status.currentPodHash)
      const sets = await scene.replicaSets()
      const added = sets.filter((set) => !setsBefore.includes(set.metadata.uid))
      assert.equal(added.length, Number(revision) - 2, 'ReplicaSets were added')
      // Of the version that won, the pods that were there are still there; of the others, none was replaced.
      const pods = await scene.pods()
      const uids = new Set(pods.map((pod) => pod.metadata.uid))
      const current = status.currentPodHash
      for (const [uid, hash] of podsBefore) assert.ok(hash !== current || uids.has(uid), 'a pod was restarted')
      for (const pod of pods) {
        const isNew = !podsBefore.has(pod.metadata.uid)
        assert.ok(!isNew || versionOf(pod.metadata.labels) === current, 'an old pod was replaced')
      }
    })
  }
})
