import { z } from 'zod'

import type { ApiClient, Change } from '../harness/api-client.ts'
import { ExpectationError } from '../harness/errors.ts'

const rolloutSchema = z.object({
  metadata: z.object({ name: z.string(), generation: z.number() }),
  status: z.object({ phase: z.string().optional(), observedGeneration: z.string().optional() }).default({}),
})

const replicaSetSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  }),
})

/** What the watches have shown of one Rollout. */
export interface Seen {
  readonly generation: number
  readonly observedGeneration: number
  readonly phase: string
  /** ReplicaSets that were created for it since the witness began, and before. */
  readonly replicaSets: number
}

/** Somebody who watches a namespace and notes when things come true. */
export interface Witness {
  /**
   * Resolves with the instant, by `performance.now()`, at which what is known of the Rollout first satisfies `isTrue`: at once when it
   * does already. @throws ExpectationError after the time limit, with what was seen last
   */
  when(name: string, what: string, isTrue: (seen: Seen) => boolean, timeoutMs: number): Promise<number>
  stop(): void
}

interface Waiting {
  readonly isTrue: (seen: Seen) => boolean
  readonly tell: (at: number) => void
}

const nothing: Seen = { generation: 0, observedGeneration: -1, phase: '', replicaSets: 0 }

class Notes {
  readonly #seen = new Map<string, Seen>()
  readonly #waiting = new Map<string, Set<Waiting>>()

  of(name: string): Seen {
    return this.#seen.get(name) ?? nothing
  }

  note(name: string, change: Partial<Seen>): void {
    const at = performance.now()
    const seen = { ...this.of(name), ...change }
    this.#seen.set(name, seen)
    for (const waiting of this.#waiting.get(name) ?? []) if (waiting.isTrue(seen)) waiting.tell(at)
  }

  wait(name: string, waiting: Waiting): () => void {
    const all = this.#waiting.get(name) ?? new Set()
    this.#waiting.set(name, all.add(waiting))
    return () => all.delete(waiting)
  }
}

function whenTrue(notes: Notes, name: string, what: string, isTrue: Waiting['isTrue'], ms: number): Promise<number> {
  if (isTrue(notes.of(name))) return Promise.resolve(performance.now())
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget()
      const last = JSON.stringify(notes.of(name))
      reject(new ExpectationError(`${name}: ${what} has not come true in ${ms / 1000} s; last seen: ${last}`))
    }, ms)
    const forget = notes.wait(name, {
      isTrue,
      tell: (at) => {
        clearTimeout(timer)
        forget()
        resolve(at)
      },
    })
  })
}

/** Watches, and begins again with all that is there whenever the server ends the stream. Answers how to stop. */
async function follow<T>(
  api: ApiClient,
  path: string,
  schema: z.ZodType<T>,
  tell: (change: Change<T>) => void,
): Promise<() => void> {
  let isStopped = false
  let watching = await api.watch(path, schema, tell)
  const resume = async (): Promise<void> => {
    for (;;) {
      await watching.ended
      if (isStopped) return
      watching = await api.watch(path, schema, tell)
    }
  }
  // A server that is gone tells nothing more; who waits for something hears of that by his own time limit.
  resume().catch(() => undefined)
  return () => {
    isStopped = true
    watching.stop()
  }
}

/** Watches the Rollouts and ReplicaSets of a namespace. @throws ApiError when the server refuses it */
export async function watchNamespace(api: ApiClient, namespace: string): Promise<Witness> {
  const notes = new Notes()
  const rollouts = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`
  const replicaSets = `/apis/apps/v1/namespaces/${namespace}/replicasets`
  const counted = new Set<string>()
  const stops = await Promise.all([
    follow(api, rollouts, rolloutSchema, ({ object: { metadata, status } }) =>
      notes.note(metadata.name, {
        generation: metadata.generation,
        observedGeneration: Number(status.observedGeneration ?? -1),
        phase: status.phase ?? '',
      }),
    ),
    follow(api, replicaSets, replicaSetSchema, ({ type, object }) => {
      const { uid, ownerReferences } = object.metadata
      const owner = ownerReferences.find(({ kind }) => kind === 'Rollout')
      if (type === 'ADDED' && owner !== undefined && !counted.has(uid)) {
        counted.add(uid)
        notes.note(owner.name, { replicaSets: notes.of(owner.name).replicaSets + 1 })
      }
    }),
  ])
  return {
    when: (name, what, isTrue, timeoutMs) => whenTrue(notes, name, what, isTrue, timeoutMs),
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}
