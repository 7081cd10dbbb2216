import { KubeError } from '../../src/kube/errors.ts'
import type { Call } from '../../src/sandbox/api-server/interceptor.ts'
import { type FaultKind, isWrite } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import type { Story, StoryOptions } from '../scenario/harness.ts'
import type { ControllerPair } from './controller-pair.ts'

const user = controllerUser

/** Something that goes wrong at the n-th of some calls of the controllers. */
export interface Fault {
  readonly name: string
  /** The calls at which it can. */
  readonly at: 'writes' | 'reads'
  /** Whether it needs a second process that stands by. */
  readonly needsStandby: boolean
  /** Faults that a story begins with. */
  readonly rules?: (nth: number) => NonNullable<StoryOptions['faults']>
  /** What is arranged for a story before it is told. */
  readonly arrange?: (story: Story, nth: number) => void
}

const isRead = ({ verb, resource }: Call): boolean =>
  (verb === 'list' || verb === 'get' || verb === 'watch') && resource !== 'leases.coordination.k8s.io'

/** Which calls a fault of this kind can hit. */
export const hits: Readonly<Record<Fault['at'], (call: Call) => boolean>> = {
  writes: (call) => call.user === user && isWrite(call),
  reads: (call) => call.user === user && isRead(call),
}

const ofWrite = (name: string, kind: FaultKind, options: { forMs?: number; count?: number } = {}): Fault => ({
  name,
  at: 'writes',
  needsStandby: false,
  rules: (nth) => [{ target: { user }, kind, nth, ...options }],
})

const atNth = (story: Story, at: Fault['at'], nth: number, act: (call: Call) => Error | undefined): void => {
  let seen = 0
  story.sandbox.server.intercept({
    before: (call) => {
      if (!hits[at](call)) return undefined
      seen += 1
      const error = seen === nth ? act(call) : undefined
      return error === undefined ? { type: 'proceed' } : { type: 'fail', error }
    },
  })
}

const unavailable = ({ request }: Call): KubeError =>
  new KubeError(
    { code: 503, reason: 'ServiceUnavailable', message: 'apiserver is shutting down' },
    { method: 'GET', path: request.path },
  )

const ofRead = (name: string, act: (story: Story, call: Call) => Error | undefined): Fault => ({
  name,
  at: 'reads',
  needsStandby: false,
  arrange: (story, nth) => atNth(story, 'reads', nth, (call) => act(story, call)),
})

/** What happens to the leader of two while its n-th write is on its way. */
const ofLeader = (name: string, act: (pair: ControllerPair) => void): Fault => ({
  name,
  at: 'writes',
  needsStandby: true,
  arrange: (story, nth) =>
    atNth(story, 'writes', nth, () => {
      act(story.controller as ControllerPair)
      return undefined
    }),
})

/** Somebody else writes to the same object just before: what is guarded by a version is a conflict, the rest is not. */
const interleaved: Fault = {
  name: 'interleaved',
  at: 'writes',
  needsStandby: false,
  arrange: (story, nth) =>
    atNth(story, 'writes', nth, ({ resource, namespace, name }) => {
      const { server } = story.sandbox
      const type = server.types.find(({ plural, group }) => resource === (group === '' ? plural : `${plural}.${group}`))
      if (type === undefined || name === undefined) return undefined
      if (server.objects.get(type, namespace, name) === undefined) return undefined
      server.objects.as('somebody').update(type, namespace, name, ({ metadata }) => {
        metadata.annotations = { ...metadata.annotations, touched: String(nth) }
      })
      return undefined
    }),
}

/** The server has forgotten its history and ends every watch: all caches are read anew. */
const compacted: Fault = {
  name: 'relist',
  at: 'writes',
  needsStandby: false,
  arrange: (story, nth) =>
    atNth(story, 'writes', nth, () => {
      story.sandbox.server.compact()
      story.sandbox.server.closeWatches({ user })
      return undefined
    }),
}

/** Everything that may go wrong with one call. */
export const faults: readonly Fault[] = [
  ofWrite('error', 'error'),
  ofWrite('errors', 'error', { count: 5 }),
  ofWrite('conflict', 'conflict'),
  ofWrite('lose-response', 'lose-response'),
  ofWrite('hang', 'hang'),
  ofWrite('crash-before', 'crash-before'),
  ofWrite('crash-after', 'crash-after'),
  ofWrite('stale-2s', 'stale', { forMs: 2000 }),
  ofWrite('stale-40s', 'stale', { forMs: 40_000 }),
  interleaved,
  compacted,
  ofRead('read-error', (_, call) => unavailable(call)),
  ofRead('read-crash', (story) => {
    story.killController()
    return undefined
  }),
  ofLeader('leader-crash', (pair) => pair.crash()),
  ofLeader('leader-cut', (pair) => pair.cutLeaderOff()),
  ofLeader('leader-handover', (pair) => pair.handOver()),
]
