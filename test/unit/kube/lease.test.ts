import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeError } from '../../../src/kube/errors.ts'
import { LeaderElection, type LeaderElectionOptions } from '../../../src/kube/lease.ts'
import type { KubeRequest, Transport } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { CollectingLogger } from '../../builders/collecting-logger.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

/** One Lease with optimistic locking. */
class LeaseServer {
  lease: JsonObject | undefined
  readonly requests: KubeRequest[] = []
  #version = 0

  get spec(): JsonObject {
    return isJsonObject(this.lease?.spec) ? this.lease.spec : {}
  }

  answer(request: KubeRequest): JsonObject {
    this.requests.push(request)
    const call = { method: request.method, path: request.path }
    if (request.method === 'POST') {
      if (this.lease) throw new KubeError({ code: 409, reason: 'AlreadyExists' }, call)
      return this.#store(request.body)
    }
    if (!this.lease) throw new KubeError({ code: 404, reason: 'NotFound' }, call)
    if (request.method === 'GET') return structuredClone(this.lease)
    const sent = isJsonObject(request.body) && isJsonObject(request.body.metadata) ? request.body.metadata : {}
    if (sent.resourceVersion !== String(this.#version)) throw new KubeError({ code: 409, reason: 'Conflict' }, call)
    return this.#store(request.body)
  }

  #store(body: unknown): JsonObject {
    assert.ok(isJsonObject(body) && isJsonObject(body.metadata))
    this.lease = { ...structuredClone(body), metadata: { ...body.metadata, resourceVersion: String(++this.#version) } }
    return structuredClone(this.lease)
  }
}

/** A candidate with its own way to the server, which can be cut. */
const candidate = (
  server: LeaseServer,
  identity: string,
  clock: ManualClock,
  options: Partial<LeaderElectionOptions> = {},
) => {
  const link = { cut: false, answerAfterMs: 0, lost: [] as Error[], elected: false }
  const transport: Transport = {
    request: async (request) => {
      if (link.cut) throw new Error('no route to host')
      const answer = server.answer(request)
      if (link.answerAfterMs > 0) await clock.sleep(link.answerAfterMs)
      return answer
    },
    watch: () => {
      throw new Error('an election does not watch')
    },
  }
  const election = new LeaderElection({
    transport,
    runtime: { clock, log: new CollectingLogger(), random: () => 0.5, yieldToLoop: async () => {} },
    namespace: 'argo-rollouts',
    name: 'argo-rollouts-controller-lock',
    identity,
    onLost: (reason) => link.lost.push(reason),
    ...options,
  })
  void election.start().then(() => {
    link.elected = true
  })
  return { election, link }
}

describe('a leader election', () => {
  it('creates the lease and leads', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock(Date.parse('2026-01-01T00:00:00.120Z'))
    const { election, link } = candidate(server, 'a', clock)
    await clock.settle()
    assert.equal(link.elected, true)
    assert.equal(election.isLeader, true)
    assert.deepEqual(server.spec, {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.120000Z',
      renewTime: '2026-01-01T00:00:00.120000Z',
      leaseTransitions: 0,
    })
    await election.release()
  })

  it('renews every two seconds with one request, on the connections that are kept for it', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const { election } = candidate(server, 'a', clock)
    await clock.settle()
    server.requests.length = 0
    await clock.advance(20_000)
    assert.deepEqual(
      server.requests.map(({ method, purpose, timeoutMs }) => `${method} ${purpose} ${timeoutMs}`),
      Array.from({ length: 10 }, () => 'PUT lease 5000'),
    )
    assert.equal(server.spec.renewTime, '2026-01-01T00:00:20.000000Z')
    await election.release()
  })

  it('leaves a lease alone that is renewed, however long', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const first = candidate(server, 'a', clock)
    await clock.settle()
    const second = candidate(server, 'b', clock)
    await clock.advance(600_000)
    assert.equal(second.link.elected, false)
    assert.equal(second.election.holder, 'a')
    await Promise.all([first.election.release(), second.election.release()])
  })

  it('takes over from a leader that has died, after the lease has run out', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const first = candidate(server, 'a', clock)
    await clock.settle()
    const second = candidate(server, 'b', clock)
    await clock.advance(1000)
    first.link.cut = true
    await clock.advance(12_000)
    assert.equal(second.link.elected, false)
    await clock.advance(6000)
    assert.equal(second.link.elected, true)
    assert.equal(server.spec.holderIdentity, 'b')
    assert.equal(server.spec.leaseTransitions, 1)
    await second.election.release()
  })

  it('judges by what it sees change, not by the times of another clock', async () => {
    const server = new LeaseServer()
    const ahead = new ManualClock(Date.parse('2030-01-01T00:00:00Z'))
    const first = candidate(server, 'a', ahead)
    await ahead.settle()
    const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'))
    const second = candidate(server, 'b', clock)
    for (let second = 0; second < 30; second++) {
      await ahead.advance(2000)
      await clock.advance(2000)
    }
    assert.equal(second.link.elected, false)
    first.link.cut = true
    await clock.advance(20_000)
    assert.equal(second.link.elected, true)
    await second.election.release()
  })

  it('is not misled by a correction of the wall clock', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const { election, link } = candidate(server, 'a', clock)
    await clock.settle()
    clock.correctWallClock(3_600_000)
    await clock.advance(10_000)
    assert.equal(election.isLeader, true)
    assert.deepEqual(link.lost, [])
    await election.release()
  })

  it('gives up before another may begin when it cannot renew', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const first = candidate(server, 'a', clock)
    await clock.settle()
    const second = candidate(server, 'b', clock)
    first.link.cut = true
    await clock.advance(9999)
    assert.equal(first.election.isLeader, true)
    await clock.advance(1)
    assert.equal(first.election.isLeader, false)
    assert.match(first.link.lost[0]?.message ?? '', /was not renewed for 10000 ms/)
    assert.equal(second.link.elected, false)
    await clock.advance(8000)
    assert.equal(second.link.elected, true)
    assert.equal(first.link.lost.length, 1)
    await second.election.release()
  })

  it('survives an outage that is shorter than its deadline', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const { election, link } = candidate(server, 'a', clock)
    await clock.advance(4000)
    link.cut = true
    await clock.advance(7000)
    link.cut = false
    await clock.advance(60_000)
    assert.equal(election.isLeader, true)
    assert.deepEqual(link.lost, [])
    await election.release()
  })

  it('counts from when a renewal was sent, however late its answer comes: others may count from then too', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const { election, link } = candidate(server, 'a', clock)
    await clock.settle()
    link.answerAfterMs = 4000
    await clock.advance(6000)
    link.cut = true
    await clock.advance(5999)
    assert.equal(election.isLeader, true)
    await clock.advance(1)
    assert.match(link.lost[0]?.message ?? '', /was not renewed/)
  })

  it('knows at once that it leads no more when another holds the lease', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const { election, link } = candidate(server, 'a', clock)
    await clock.settle()
    const metadata = isJsonObject(server.lease?.metadata) ? server.lease.metadata : {}
    const path = '/apis/coordination.k8s.io/v1/namespaces/argo-rollouts/leases/argo-rollouts-controller-lock'
    server.answer({ method: 'PUT', path, body: { metadata, spec: { ...server.spec, holderIdentity: 'thief' } } })
    await clock.advance(4000)
    assert.equal(election.isLeader, false)
    assert.match(link.lost[0]?.message ?? '', /is held by thief/)
    await election.release()
    assert.equal(server.spec.holderIdentity, 'thief')
  })

  it('has one winner of two candidates that come at the same time', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const all = ['a', 'b', 'c'].map((identity) => candidate(server, identity, clock))
    await clock.advance(60_000)
    assert.equal(all.filter(({ election }) => election.isLeader).length, 1)
    await Promise.all(all.map(({ election }) => election.release()))
  })

  it('gives the lease back, so that the next one leads within its retry period', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    const first = candidate(server, 'a', clock)
    await clock.settle()
    const second = candidate(server, 'b', clock)
    await clock.advance(1000)
    await first.election.release()
    assert.equal(server.spec.holderIdentity, '')
    await clock.advance(2400)
    assert.equal(second.link.elected, true)
    assert.deepEqual(first.link.lost, [])
    await second.election.release()
    assert.equal(clock.pendingTimers, 0)
  })

  it('takes a lease that somebody else deleted or wrote nonsense into', async () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    server.answer({ method: 'POST', path: '/x', body: { metadata: { name: 'x' }, spec: { holderIdentity: 7 } } })
    const { election, link } = candidate(server, 'a', clock)
    await clock.settle()
    assert.equal(link.elected, true)
    server.lease = undefined
    await clock.advance(4000)
    assert.equal(election.isLeader, true)
    assert.equal(server.spec.holderIdentity, 'a')
    await election.release()
  })

  it('refuses times that leave no room for each other', () => {
    const server = new LeaseServer()
    const clock = new ManualClock()
    assert.throws(() => candidate(server, 'a', clock, { renewDeadlineMs: 15_000 }), RangeError)
    assert.throws(() => candidate(server, 'a', clock, { retryPeriodMs: 9000 }), RangeError)
  })
})
