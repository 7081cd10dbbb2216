import type { InformerFactoryOptions } from '../../kube/informer-factory.ts'
import type { Timer } from '../../lib/clock.ts'
import { grpcCodes, notFoundText } from './api-error.ts'
import type { ApiError, RolloutInfo, RolloutInfoList, RolloutWatchEvent, StreamMessage } from './messages.ts'
import { NamespaceCaches } from './namespace-caches.ts'
import { rolloutMessage, unreadableMessage } from './rollout-message.ts'
import { Topic, type TopicKind, type Viewer } from './topic.ts'

/** What changes in between is told together: a step of a release changes many objects, and nobody reads faster. */
const gatheringMs = 100

type ListMessage = StreamMessage<RolloutWatchEvent>
type RolloutStreamMessage = StreamMessage<RolloutInfo>

/** What there is to know of the Rollouts of one namespace, for everybody who asks or follows. */
export class NamespaceFeed {
  readonly caches: NamespaceCaches
  readonly #clock
  readonly #changed = new Set<string>()
  readonly #single = new Map<string, Topic>()
  #all: Topic | undefined
  #timer: Timer | undefined

  constructor(namespace: string, options: InformerFactoryOptions) {
    this.#clock = options.runtime.clock
    this.caches = new NamespaceCaches(namespace, options, (rollout) => this.#note(rollout))
    this.caches.start()
  }

  /** All Rollouts, without their Experiments and AnalysisRuns. */
  list(): RolloutInfoList {
    const rollouts = this.caches.names().flatMap((name) => this.#message(name, 'shallow') ?? [])
    return rollouts.length === 0 ? {} : { rollouts }
  }

  /** One Rollout, with all that belongs to it. */
  get(name: string): RolloutInfo | undefined {
    return this.#message(name, 'full')
  }

  /** Tells a viewer of all Rollouts, and then of each that changes. Answers how to end that. */
  followAll(viewer: Viewer): () => void {
    if (this.#all === undefined) {
      this.#all = new Topic(this.#allRollouts())
      for (const name of this.caches.names()) this.#all.update(name)
    }
    const topic = this.#all
    topic.join(viewer)
    return () => {
      topic.leave(viewer)
      if (!topic.isFollowed && this.#all === topic) this.#all = undefined
    }
  }

  /** Tells a viewer of one Rollout, until it is gone. Answers how to end that. */
  followOne(name: string, viewer: Viewer): () => void {
    const known = this.#single.get(name)
    const topic = known ?? new Topic(this.#oneRollout())
    if (known === undefined) {
      this.#single.set(name, topic)
      topic.update(name)
    }
    topic.join(viewer)
    return () => {
      topic.leave(viewer)
      if (!topic.isFollowed && this.#single.get(name) === topic) this.#single.delete(name)
    }
  }

  /** Ends all that is followed, and every watch. */
  async close(): Promise<void> {
    this.#timer?.cancel()
    for (const topic of [this.#all, ...this.#single.values()]) topic?.end()
    await this.caches.stop()
  }

  #message(name: string, depth: 'full' | 'shallow'): RolloutInfo | undefined {
    const told = this.caches.read(name, depth)
    if (told === undefined) return undefined
    try {
      return rolloutMessage(told, this.#clock.now())
    } catch (error) {
      return unreadableMessage(told, error)
    }
  }

  #allRollouts(): TopicKind {
    return {
      tell: (name) => {
        const rolloutInfo = this.#message(name, 'shallow')
        return rolloutInfo && JSON.stringify({ result: { type: 'Updated', rolloutInfo } } satisfies ListMessage)
      },
      tellGone: (name) => {
        const objectMeta = { name, namespace: this.caches.namespace }
        return JSON.stringify({ result: { type: 'Deleted', rolloutInfo: { objectMeta } } } satisfies ListMessage)
      },
      endsWhenGone: false,
    }
  }

  #oneRollout(): TopicKind {
    return {
      tell: (name) => {
        const result = this.#message(name, 'full')
        return result && JSON.stringify({ result } satisfies RolloutStreamMessage)
      },
      tellGone: (name) => {
        const error: ApiError = { code: grpcCodes.notFound, message: notFoundText(name) }
        return JSON.stringify({ error } satisfies RolloutStreamMessage)
      },
      endsWhenGone: true,
    }
  }

  #note(rollout: string): void {
    if (this.#all === undefined && !this.#single.has(rollout)) return
    this.#changed.add(rollout)
    this.#timer ??= this.#clock.setTimer(gatheringMs, () => this.#tellChanges())
  }

  #tellChanges(): void {
    this.#timer = undefined
    const names = [...this.#changed]
    this.#changed.clear()
    for (const name of names) {
      this.#all?.update(name)
      this.#single.get(name)?.update(name)
    }
  }
}
