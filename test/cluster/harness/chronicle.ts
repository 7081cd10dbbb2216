import assert from 'node:assert/strict'

import type { ApiClient } from './api-client.ts'
import {
  type Event,
  eventSchema,
  type Ingress,
  ingressSchema,
  type ReplicaSet,
  type Rollout,
  replicaSetSchema,
  rolloutSchema,
  type Service,
  serviceSchema,
} from './objects.ts'
import { openTrack, type Track } from './track.ts'
import { eventually } from './wait.ts'

/** The label that tells the versions apart. */
export const hashLabel = 'rollouts-pod-template-hash'

/** Where ReplicaSets report while the pass goes on, their counts are in the same write, and this is never said. */
const untilReported = 'Progressing (more replicas need to be updated)'

/**
 * What the API server has told of a namespace. Texts have `<tag>` in place of the hash of the version whose image has that
 * tag, so that they can be compared as they stand.
 */
export interface Chronicle {
  readonly rollouts: Track<Rollout>
  readonly services: Track<Service>
  readonly ingresses: Track<Ingress>
  readonly replicaSets: Track<ReplicaSet>
  /** `Reason: message` of each event about the Rollout, repeats included. */
  events(): readonly string[]
  /** The reasons alone. */
  reasons(): readonly string[]
  /** `Phase` or `Phase (message)` of the Rollout, each time it changed; without the one that only lasts until ReplicaSets report. */
  phases(): readonly string[]
  /** The version that a Service selects, each time it changed; empty when it selects all. */
  selectors(service: string): readonly string[]
  /** The wanted size of a version's ReplicaSet, each time it changed. */
  sizes(tag: string): readonly number[]
  /** The value of an annotation of an Ingress, each time it changed. */
  annotations(ingress: string, key: string): readonly (string | undefined)[]
  /** `Type Status Reason: message` of each published condition, in the order of the status. */
  conditions(rollout: Rollout): readonly string[]
  /** A text with `<tag>` for each hash in it. */
  named(text: string): string
  /** Waits until exactly these events came after the first `skipped` ones. @throws AssertionError */
  untilEvents(skipped: number, wanted: readonly string[]): Promise<void>
  close(): void
}

function withoutRepeats<T>(items: readonly T[]): readonly T[] {
  return items.filter((item, index) => index === 0 || item !== items[index - 1])
}

/** All but the condition that the published controller does not have; and tests of its own tell what that says. */
const publishedOf = (conditions: Rollout['status']['conditions']): Rollout['status']['conditions'] =>
  conditions.filter(({ type }) => type !== 'TrafficRouted')

function tagOf({ spec }: ReplicaSet): string {
  const image = spec.template.spec.containers[0]?.image ?? ''
  return image.slice(image.lastIndexOf(':') + 1)
}

function phaseOf({ status }: Rollout): string {
  return status.message === '' ? status.phase : `${status.phase} (${status.message})`
}

/** Begins to write it about the Rollout `main`; `pathOf` tells where the objects of a kind are listed. @throws ApiError */
export async function openChronicle(
  api: ApiClient,
  main: string,
  pathOf: (kind: string) => string,
): Promise<Chronicle> {
  const [rollouts, replicaSets, services, ingresses, events] = await Promise.all([
    openTrack(api, pathOf('Rollout'), rolloutSchema),
    openTrack(api, pathOf('ReplicaSet'), replicaSetSchema),
    openTrack(api, pathOf('Service'), serviceSchema),
    openTrack(api, pathOf('Ingress'), ingressSchema),
    openTrack<Event>(api, pathOf('Event'), eventSchema),
  ])
  const tags = (): ReadonlyMap<string, string> =>
    new Map(replicaSets.states().map((set) => [set.metadata.labels[hashLabel] ?? set.metadata.name, tagOf(set)]))
  const named = (text: string): string =>
    [...tags()].reduce((result, [hash, tag]) => result.replaceAll(hash, `<${tag}>`), text)
  const ownEvents = (): readonly Event[] =>
    events.states().filter(({ involvedObject: { kind, name } }) => kind === 'Rollout' && name === main)
  const isNamed = (name: string) => (object: Rollout | Service | Ingress) => object.metadata.name === name
  const eventTexts = (): readonly string[] => ownEvents().map(({ reason, message }) => named(`${reason}: ${message}`))
  return {
    rollouts,
    services,
    ingresses,
    replicaSets,
    named,
    reasons: () => ownEvents().map(({ reason }) => reason),
    events: eventTexts,
    phases() {
      const told = rollouts.states().filter((rollout) => isNamed(main)(rollout) && rollout.status.phase !== '')
      const phases = told.map((rollout) => named(phaseOf(rollout)))
      return withoutRepeats(phases.filter((phase) => phase !== untilReported))
    },
    selectors(service) {
      const hashes = services
        .states()
        .filter(isNamed(service))
        .map(({ spec }) => spec.selector[hashLabel] ?? '')
      return withoutRepeats(hashes.map((hash) => tags().get(hash) ?? hash))
    },
    sizes: (tag) =>
      withoutRepeats(
        replicaSets
          .states()
          .filter((set) => tagOf(set) === tag)
          .map(({ spec }) => spec.replicas),
      ),
    annotations: (ingress, key) =>
      withoutRepeats(
        ingresses
          .states()
          .filter(isNamed(ingress))
          .map(({ metadata }) => metadata.annotations[key]),
      ),
    conditions: ({ status }) =>
      publishedOf(status.conditions).map(({ type, status: holds, reason, message }) =>
        named(`${type} ${holds} ${reason}: ${message}`),
      ),
    async untilEvents(skipped, wanted) {
      const told = (): readonly string[] => eventTexts().slice(skipped)
      await eventually('the events of the release', async () =>
        told().length >= wanted.length ? { found: undefined } : { missing: told().join('\n') },
      ).catch(() => undefined)
      assert.deepEqual(told(), wanted)
    },
    close: () => {
      for (const track of [rollouts, replicaSets, services, ingresses, events]) track.close()
    },
  }
}
