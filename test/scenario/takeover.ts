import assert from 'node:assert/strict'
import type { JsonObject } from '../../src/lib/json.ts'
import { equalJson, objectOr } from '../../src/lib/json-value.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import type { ClusterChange, Kind } from '../../src/sandbox/world/cluster.ts'
import { describeObject } from '../../src/sandbox/world/server-cluster.ts'
import { theRollout } from './expect.ts'
import { Story, type StoryOptions } from './harness.ts'

/** What is there before the controllers start. */
export interface TakeoverOptions extends Omit<StoryOptions, 'startMs'> {
  readonly rollout: string
  /** Objects as an API server had stored them: with uid, resourceVersion, times and status. */
  readonly stored: readonly JsonObject[]
  /** Objects that are applied besides, as people do. */
  readonly applied?: readonly object[]
  /** When the controllers come, in milliseconds since the epoch. Default: a minute after the last that was stored. */
  readonly atMs?: number
}

/** Kinds that tell or measure; what is promised to stay untouched is everything else. */
const told: ReadonlySet<string> = new Set(['Event', 'Lease', 'AnalysisRun'])

/** When the last of them was written, where nothing is planned for later. */
const newest = (objects: readonly JsonObject[]): number => {
  const times = JSON.stringify(objects).match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g) ?? []
  return Math.max(0, ...times.map((time) => Date.parse(time)))
}

const uidsOf = (story: Story, kind: Kind): readonly string[] =>
  story.sandbox.cluster
    .list(kind, 'default')
    .map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
    .sort()

/** What of a status must still be there: all fields, of conditions their types. */
const fieldsOf = (value: unknown, path: string): readonly string[] =>
  Object.entries(objectOr(value)).flatMap(([field, member]) => [
    `${path}${field}`,
    ...(Array.isArray(member) ? [] : fieldsOf(member, `${path}${field}.`)),
  ])

/** The objects of a Rollout that another controller had brought to some point, and what became of them. */
export class Takeover {
  readonly story: Story
  readonly #name: string
  readonly #writes: { readonly change: ClusterChange; readonly text: string }[] = []
  readonly #before: {
    readonly pods: readonly string[]
    readonly replicaSets: readonly string[]
    readonly status: JsonObject
    readonly step: number | undefined
  }

  constructor({ stored, applied = [], rollout, atMs, ...options }: TakeoverOptions) {
    // A minute later: what was measured and written is in the past.
    this.story = new Story({ ...options, startMs: atMs ?? newest(stored) + 60_000 })
    this.#name = rollout
    const { server, cluster } = this.story.sandbox
    for (const object of stored) {
      const type = server.typeOf(String(object.apiVersion), String(object.kind))
      assert.ok(type !== undefined, `the sandbox does not serve ${object.apiVersion} ${object.kind}`)
      server.objects.as('restore').restore(type, object)
    }
    this.story.apply(...applied)
    const status = objectOr(JSON.parse(JSON.stringify(theRollout(this.story.sandbox, rollout).status ?? {})))
    this.#before = {
      pods: uidsOf(this.story, 'Pod'),
      replicaSets: uidsOf(this.story, 'ReplicaSet'),
      status,
      step: theRollout(this.story.sandbox, rollout).status?.currentStepIndex,
    }
    cluster.onChange((change) => {
      if (change.user !== controllerUser || told.has(change.kind)) return
      this.#writes.push({ change, text: `${change.type} ${describeObject(change.kind, change.object)}` })
    })
  }

  /** Starts the controllers and lets them look at everything for a while. */
  async begin(): Promise<void> {
    await this.story.startController()
    await this.story.pass('2m')
  }

  /** Nothing that is not told or measured was written. */
  expectNothingWritten(): void {
    const texts = this.#writes.map(({ change, text }) => `${text}: ${differenceOf(change)}`)
    assert.deepEqual(texts, [], this.story.describe())
  }

  /** The pods are the same ones, never restarted, of the same ReplicaSets. */
  expectSamePods(): void {
    const { cluster } = this.story.sandbox
    assert.deepEqual(uidsOf(this.story, 'Pod'), this.#before.pods, this.story.describe())
    const statuses = cluster.list('Pod', 'default').flatMap(({ status }) => status?.containerStatuses ?? [])
    assert.ok(statuses.every(({ restartCount }) => restartCount === 0))
    assert.deepEqual(uidsOf(this.story, 'ReplicaSet'), this.#before.replicaSets, this.story.describe())
  }

  /** The release is where it was: same step, same revision, no field of the status lost. */
  expectSamePlace(): void {
    const { status } = theRollout(this.story.sandbox, this.#name)
    const { currentPodHash, stableRS, currentStepHash, phase, abort } = this.#before.status
    const place = { currentPodHash, stableRS, currentStepHash, phase, abort, step: this.#before.step }
    assert.deepEqual(
      {
        currentPodHash: status?.currentPodHash,
        stableRS: status?.stableRS,
        currentStepHash: status?.currentStepHash,
        phase: status?.phase,
        abort: status?.abort,
        step: status?.currentStepIndex,
      },
      place,
      this.story.describe(),
    )
    const now = new Set(fieldsOf(status, ''))
    const lost = fieldsOf(this.#before.status, '').filter((field) => !now.has(field))
    assert.deepEqual(lost, [], 'fields of the status were lost')
  }
}

const differenceOf = ({ before = {}, object }: ClusterChange): string => {
  const changed = (path: string, one: unknown, other: unknown): readonly string[] => {
    if (equalJson(one, other) || path === 'metadata.resourceVersion') return []
    const [left, right] = [objectOr(one), objectOr(other)]
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    if (keys.length === 0) return [`${path} ${JSON.stringify(one)} -> ${JSON.stringify(other)}`]
    return keys.flatMap((key) => changed(path === '' ? key : `${path}.${key}`, left[key], right[key]))
  }
  return changed('', before, object).join(', ')
}
