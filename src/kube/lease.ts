import type { Timer } from '../lib/clock.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isConflict, isNotFound } from './errors.ts'
import { type LeaseRecord, microTime, readLease, withRecord } from './lease-record.ts'
import { pathOf, type Resource } from './resource.ts'
import type { Runtime } from './runtime.ts'
import type { Transport } from './transport.ts'

/** Settings of a {@link LeaderElection}. */
export interface LeaderElectionOptions {
  readonly transport: Transport
  readonly runtime: Runtime
  readonly namespace: string
  /** Name of the Lease. */
  readonly name: string
  /** Tells candidates apart; must differ for every process that ever runs. */
  readonly identity: string
  /** How long a candidate waits for a silent leader. Default 15 s. */
  readonly leaseDurationMs?: number
  /** How long a leader that cannot renew goes on. Must be shorter than the lease. Default 10 s. */
  readonly renewDeadlineMs?: number
  /** Time between two attempts. Default 2 s. */
  readonly retryPeriodMs?: number
  /**
   * Called once, when the leadership is lost against one's will. Another leader may be at work from now on: begin no write
   * and end the process with an error.
   */
  readonly onLost: (reason: Error) => void
}

/** Why a leader is none any more. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError'
}

type ElectionState = 'idle' | 'candidate' | 'leader' | 'ended'

const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
}
const callTimeoutMs = 5000
/** Candidates must not try in step: up to this much longer than the retry period (client-go's JitterFactor). */
const jitter = 0.2

/**
 * Leader election on a Lease, with client-go's rules: whoever changes the Lease holds it until it has not changed for its
 * duration. That is judged by when a change was *seen*, by one's own monotonic clock, never by the times in the Lease, which
 * another machine's clock wrote. A leader that cannot renew in time gives up before anybody else may begin.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions
  readonly #log: Logger
  readonly #leaseDurationMs: number
  readonly #renewDeadlineMs: number
  readonly #retryPeriodMs: number
  readonly #stop = new AbortController()
  readonly #acquired = Promise.withResolvers<void>()
  #state: ElectionState = 'idle'
  #running: Promise<void> | undefined
  /** The Lease as last seen, and when its version was first seen. */
  #observed: { readonly lease: JsonObject; readonly version: string; readonly at: number } | undefined
  #renewedAt = 0
  /** The leader that the log has been told of. */
  #followed = ''
  #watchdog: Timer | undefined

  /** @throws RangeError when the times do not leave room for each other */
  constructor(options: LeaderElectionOptions) {
    this.#options = options
    this.#log = options.runtime.log.child({ lease: options.name, identity: options.identity })
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000
    this.#retryPeriodMs = options.retryPeriodMs ?? 2000
    const inOrder =
      this.#retryPeriodMs * (1 + jitter) < this.#renewDeadlineMs && this.#renewDeadlineMs < this.#leaseDurationMs
    if (!inOrder || this.#leaseDurationMs < 1000) {
      throw new RangeError(
        'leader election needs: retry period (plus 20 percent) < renew deadline < lease duration, and a lease of at least 1 s',
      )
    }
  }

  /** True while no other candidate can have taken the lease, also when a timer that should say so is late. */
  get isLeader(): boolean {
    return this.#state === 'leader' && this.#sinceRenewal() < this.#renewDeadlineMs
  }

  /** Who held the lease when it was last seen; empty for nobody. */
  get holder(): string {
    return this.#observed ? readLease(this.#observed.lease).holderIdentity : ''
  }

  /** Begins to stand for election. Resolves when elected; never, when {@link release} comes first. */
  start(): Promise<void> {
    if (this.#state === 'idle') {
      this.#state = 'candidate'
      this.#running = this.#run()
    }
    return this.#acquired.promise
  }

  /**
   * Leaves the election. Who holds the lease gives it back, so that the next one need not wait for it to expire: call it
   * when the last write is done. Does nothing after the leadership was lost.
   */
  async release(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#watchdog?.cancel()
    this.#stop.abort(new Error('leaving the leader election'))
    await this.#running
    if (this.holder === this.#options.identity) await this.#giveBack()
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options.runtime
    while (this.#state === 'candidate' || this.#state === 'leader') {
      await this.#attempt()
      const delay = this.#retryPeriodMs * (this.#state === 'leader' ? 1 : 1 + random() * jitter)
      await clock.sleep(delay, this.#stop.signal).catch(() => {})
    }
  }

  async #attempt(): Promise<void> {
    const began = this.#options.runtime.clock.monotonic()
    try {
      if (await this.#acquireOrRenew()) this.#succeed(began)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      // After a conflict or a lost answer nobody knows what the Lease says: read it again before the next attempt.
      if (isNotFound(error)) {
        this.#log.error('the namespace of the lease does not exist: create it; until then nobody leads', {
          namespace: this.#options.namespace,
        })
      } else if (!isConflict(error)) {
        this.#log.warn('talking about the lease failed; it is tried again', { err: error })
      }
      if (this.#state === 'leader') await this.#observe().catch(() => {})
    }
  }

  /** Counts from when the request was sent: that is when others may have begun to count. */
  #succeed(began: number): void {
    if (this.#state === 'ended') return
    this.#renewedAt = began
    this.#armWatchdog()
    if (this.#state === 'leader') return
    this.#state = 'leader'
    this.#log.info('elected as leader')
    this.#acquired.resolve()
  }

  async #acquireOrRenew(): Promise<boolean> {
    if (this.#state !== 'leader' || this.#observed === undefined) await this.#observe()
    const observed = this.#observed
    if (observed === undefined) return this.#create()
    const record = readLease(observed.lease)
    if (record.holderIdentity === this.#options.identity) return this.#write(observed.lease, this.#renewal(record))
    if (this.#state === 'leader') {
      this.#lose(
        new LeadershipLostError(`the lease ${this.#options.name} is held by ${record.holderIdentity || 'nobody'}`),
      )
      return false
    }
    if (record.holderIdentity !== '' && !this.#isExpired(record, observed.at)) {
      this.#follow(record.holderIdentity)
      return false
    }
    return this.#write(observed.lease, this.#takeover(record))
  }

  #follow(leader: string): void {
    if (leader === this.#followed) return
    this.#followed = leader
    this.#log.info('another process leads; this one stands by', { leader })
  }

  #isExpired(record: LeaseRecord, seenAt: number): boolean {
    const durationMs = record.leaseDurationSeconds > 0 ? record.leaseDurationSeconds * 1000 : this.#leaseDurationMs
    return this.#options.runtime.clock.monotonic() - seenAt >= durationMs
  }

  #renewal(record: LeaseRecord): LeaseRecord {
    const { leaseDurationSeconds } = this.#fresh()
    return { ...record, leaseDurationSeconds, renewTime: microTime(this.#options.runtime.clock.now()) }
  }

  #takeover(record: LeaseRecord): LeaseRecord {
    return { ...this.#fresh(), leaseTransitions: record.leaseTransitions + 1 }
  }

  #fresh(): LeaseRecord {
    const now = microTime(this.#options.runtime.clock.now())
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    }
  }

  async #observe(): Promise<void> {
    try {
      this.#remember(await this.#call('GET', this.#path(this.#options.name)))
    } catch (error) {
      if (!isNotFound(error)) throw error
      this.#observed = undefined
    }
  }

  async #create(): Promise<boolean> {
    const { name, namespace } = this.#options
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } }
    this.#remember(await this.#call('POST', this.#path(), withRecord(lease, this.#fresh())))
    return true
  }

  /** Carries the resourceVersion that was seen, so that of two candidates one gets a conflict. */
  async #write(lease: JsonObject, record: LeaseRecord): Promise<boolean> {
    this.#remember(await this.#call('PUT', this.#path(this.#options.name), withRecord(lease, record)))
    return true
  }

  #remember(lease: JsonObject): void {
    const version = JSON.stringify(readLease(lease))
    const unchanged = this.#observed?.version === version
    const at = unchanged && this.#observed ? this.#observed.at : this.#options.runtime.clock.monotonic()
    this.#observed = { lease, version, at }
  }

  #path(name?: string): string {
    return pathOf(leases, { namespace: this.#options.namespace, ...(name !== undefined && { name }) })
  }

  #call(method: 'GET' | 'POST' | 'PUT', path: string, body?: JsonObject): Promise<JsonObject> {
    return this.#options.transport.request({
      method,
      path,
      ...(body && { body }),
      timeoutMs: callTimeoutMs,
      purpose: 'lease',
    })
  }

  #armWatchdog(): void {
    this.#watchdog?.cancel()
    const left = this.#renewDeadlineMs - this.#sinceRenewal()
    this.#watchdog = this.#options.runtime.clock.setTimer(left, () =>
      this.#lose(
        new LeadershipLostError(`the lease ${this.#options.name} was not renewed for ${this.#renewDeadlineMs} ms`),
      ),
    )
  }

  #sinceRenewal(): number {
    return this.#options.runtime.clock.monotonic() - this.#renewedAt
  }

  #lose(reason: LeadershipLostError): void {
    if (this.#state !== 'leader') return
    this.#state = 'ended'
    this.#watchdog?.cancel()
    this.#stop.abort(reason)
    this.#log.error('lost the leadership', { err: reason })
    this.#options.onLost(reason)
  }

  async #giveBack(): Promise<void> {
    try {
      await this.#observe()
      if (this.#observed === undefined || this.holder !== this.#options.identity) return
      const record = readLease(this.#observed.lease)
      // One second: a candidate that still sees this record as held must not wait long (client-go does the same).
      await this.#write(this.#observed.lease, { ...record, holderIdentity: '', leaseDurationSeconds: 1 })
    } catch (error) {
      this.#log.warn('giving the lease back failed; it will expire', { err: error })
    }
  }
}
