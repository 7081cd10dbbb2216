import { z } from 'zod'
import { isHealthy } from '../bench/load.ts'
import type { Place, Stage } from '../bench/stage.ts'
import type { Seen } from '../bench/witness.ts'
import { eventually } from '../harness/wait.ts'

/** How a release is to end: by itself, or because somebody aborts it in its pause. */
export type Ending = 'promoted' | 'aborted'

/** A release that is over. */
export interface EndedRelease {
  readonly name: string
  readonly revision: number
  readonly ending: Ending
  readonly seconds: number
  /** What is not as it should be, in words; empty when the release ended right. */
  readonly faults: readonly string[]
}

/** Where the Rollouts are. */
export interface Field {
  readonly stage: Stage
  readonly place: Place
  readonly namespace: string
}

/** Pods of each Rollout that is released. */
export const replicas = 2
const pauseSeconds = 15
/** Their steps: one release takes about 20 s, so that most leaders are killed in the middle of many. */
export const steps = [{ setWeight: 50 }, { pause: { duration: `${pauseSeconds}s` } }]

/** A release outlives a leader, or two. */
const limitMs = 180_000

const imageOf = (version: number): string => `registry.example/team/app:${version}`

const rolloutSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  status: z.object({
    phase: z.string().optional(),
    stableRS: z.string().optional(),
    currentPodHash: z.string().optional(),
    abort: z.boolean().optional(),
    updatedReplicas: z.number().optional(),
  }),
})

const replicaSetSchema = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    replicas: z.number(),
    template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
  }),
})

type Found = Awaited<ReturnType<typeof look>>

const look = async ({ stage, namespace }: Field, name: string) => {
  const { api } = stage.plane
  const [rollout, replicaSets] = await Promise.all([
    api.get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}`, rolloutSchema),
    api.list(`/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${name}`, replicaSetSchema),
  ])
  return { rollout, replicaSets }
}

/** What distinguishes the state of a Rollout from that in which only `image` runs. */
const faultsOf = ({ rollout, replicaSets }: Found, image: string, revision: number): string[] => {
  const { status, metadata } = rollout
  const running = replicaSets.filter(({ spec }) => spec.replicas > 0)
  const told = running.map(({ spec }) => `${spec.replicas} of ${spec.template.spec.containers[0]?.image}`).join(', ')
  const hashes = running.map(({ metadata: { labels } }) => labels['rollouts-pod-template-hash'])
  return [
    ...(told === `${replicas} of ${image}` ? [] : [`its pods are ${told || 'none'}, not ${replicas} of ${image}`]),
    ...(hashes[0] === status.stableRS ? [] : [`status.stableRS is ${status.stableRS}, but ${hashes} runs`]),
    ...(metadata.annotations['rollout.argoproj.io/revision'] === String(revision)
      ? []
      : [`its revision is ${metadata.annotations['rollout.argoproj.io/revision']}, not ${revision}`]),
  ]
}

/** Sizes follow a phase within moments; a leader that dies in between takes longer. */
const expectState = async (field: Field, name: string, image: string, revision: number): Promise<string[]> => {
  let faults: string[] = []
  const settled = async () => {
    faults = faultsOf(await look(field, name), image, revision)
    return faults.length === 0 ? { found: faults } : { missing: faults.join('; ') }
  }
  return eventually(`${name} is as it should be`, settled, { timeout: 45_000, interval: 500 }).catch(() => faults)
}

/** One Rollout that is released again and again. */
export class ReleasedRollout {
  readonly #field: Field
  readonly #name: string
  /** Of the spec, of the image, and of the template: each release changes all of them. */
  #generation = 1
  #version = 1
  #revision = 1

  constructor(field: Field, name: string) {
    this.#field = field
    this.#name = name
  }

  /** Releases the next version, and looks at how that ended. Never rejects: what fails is a fault of the release. */
  async release(ending: Ending): Promise<EndedRelease> {
    const began = performance.now()
    const faults = await (ending === 'promoted' ? this.#promote() : this.#abort()).catch((error) => [String(error)])
    const seconds = (performance.now() - began) / 1000
    return { name: this.#name, revision: this.#revision, ending, seconds, faults }
  }

  async #promote(): Promise<string[]> {
    this.#version += 1
    this.#revision += 1
    const began = performance.now()
    await this.#setImage(this.#version)
    await this.#when('the promotion', isHealthy)
    const tooSoon = performance.now() - began < pauseSeconds * 1000 ? ['its pause was cut short'] : []
    return [...tooSoon, ...(await expectState(this.#field, this.#name, imageOf(this.#version), this.#revision))]
  }

  /** Aborts in the pause, looks whether the former version has everything, and goes back to it in the spec too. */
  async #abort(): Promise<string[]> {
    const former = imageOf(this.#version)
    this.#revision += 1
    // An image that never existed before, so that this is a revision of its own.
    await this.#setImage(this.#version + 1000 * this.#revision)
    await this.#when('the pause', ({ phase }) => phase === 'Paused')
    await this.#field.place.abort(this.#name)
    await this.#when('the abort', ({ phase }) => phase === 'Degraded')
    const faults = await expectState(this.#field, this.#name, former, this.#revision)
    this.#revision += 1
    await this.#setImage(this.#version)
    await this.#when('the way back', isHealthy)
    return [...faults, ...(await expectState(this.#field, this.#name, former, this.#revision))]
  }

  async #setImage(version: number): Promise<void> {
    this.#generation += 1
    await this.#field.place.setImage(this.#name, imageOf(version))
  }

  #when(what: string, isTrue: (seen: Seen) => boolean): Promise<number> {
    const isNow = (seen: Seen): boolean => seen.observedGeneration === this.#generation && isTrue(seen)
    return this.#field.place.witness.when(this.#name, what, isNow, limitMs)
  }
}
