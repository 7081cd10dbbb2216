/** Somebody who follows a topic. What it is offered under one key replaces what it has not read yet under that key. */
export interface Viewer {
  offer(key: string, text: string): void
  /** Nothing more is to come. */
  end(): void
}

/** What a topic tells of the Rollouts it is about. */
export interface TopicKind {
  /** The text that tells a Rollout as it is; `undefined` when there is none of that name. */
  tell(name: string): string | undefined
  /** The text that tells that a Rollout is gone. */
  tellGone(name: string): string
  /** Whether the topic is over when a Rollout is gone: it is about that one. */
  readonly endsWhenGone: boolean
}

/**
 * What viewers of the same are told: each change is put into words once, however many they are, and what would say the same
 * as before is not said.
 */
export class Topic {
  readonly #kind: TopicKind
  readonly #viewers = new Set<Viewer>()
  readonly #told = new Map<string, string>()

  constructor(kind: TopicKind) {
    this.#kind = kind
  }

  get isFollowed(): boolean {
    return this.#viewers.size > 0
  }

  /** Tells a viewer all that has been told, and from now on what is new. */
  join(viewer: Viewer): void {
    this.#viewers.add(viewer)
    for (const [name, text] of this.#told) viewer.offer(name, text)
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer)
  }

  /** Tells what has become of a Rollout, if that is new. */
  update(name: string): void {
    const before = this.#told.get(name)
    const text = this.#kind.tell(name)
    if (text === before) return
    if (text === undefined) this.#told.delete(name)
    else this.#told.set(name, text)
    for (const viewer of this.#viewers) {
      viewer.offer(name, text ?? this.#kind.tellGone(name))
      if (text === undefined && this.#kind.endsWhenGone) viewer.end()
    }
  }

  /** Ends it for everybody. */
  end(): void {
    for (const viewer of this.#viewers) viewer.end()
    this.#viewers.clear()
  }
}
