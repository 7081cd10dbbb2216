import type { ControllerProcess } from '../bench/controller-process.ts'
import { type Stage, system } from '../bench/stage.ts'
import { writesOf } from '../bench/writes.ts'
import { leaseHolder } from '../harness/lease.ts'
import { eventually } from '../harness/wait.ts'

/** How one leader was followed by the next. Times in seconds from the signal. */
export interface TakeOver {
  readonly leader: string
  /** `killed` with SIGKILL, or `stopped` in order. */
  readonly how: 'killed' | 'stopped'
  readonly next: string
  /** Until another one held the lease. */
  readonly elected: number
  /** Until the new leader first wrote something that is not the lease; undefined when nothing was to be written. */
  readonly acted: number | undefined
  /** Until a new process in the place of the former leader was ready to follow. */
  readonly replaced: number
}

const lease = 'argo-rollouts-controller-lock'
/** Longer than the lease, and the retry period of those that wait for it. */
const electionLimitMs = 40_000
const isRelease = (resource: string | undefined): boolean => resource === 'rollouts' || resource === 'replicasets'

/** Several controllers that stand for election against each other. */
export class Crew {
  readonly #stage: Stage
  readonly #members = new Map<string, ControllerProcess>()
  #started = 0

  constructor(stage: Stage) {
    this.#stage = stage
  }

  get members(): readonly ControllerProcess[] {
    return [...this.#members.values()]
  }

  /** Starts another controller; resolves when it could take over. */
  async join(): Promise<void> {
    this.#started += 1
    const member = await this.#stage.startController(`controller-${this.#started}`)
    await member.untilReady()
    this.#members.set(member.name, member)
  }

  /** The one that holds the lease. @throws ExpectationError when nobody does for long */
  leader(): Promise<ControllerProcess> {
    return this.#leaderBesides('')
  }

  /** Ends the leader, waits for the next, and starts a new process in its place. */
  async replaceLeader(how: TakeOver['how']): Promise<TakeOver> {
    const victim = await this.leader()
    const holder = await this.#holder()
    const mark = await this.#stage.plane.audit.mark()
    const [began, beganAt] = [performance.now(), Date.now()]
    const seconds = (): number => (performance.now() - began) / 1000
    const ended = how === 'killed' ? victim.kill() : victim.stop()
    this.#members.delete(victim.name)
    const replaced = ended.then(() => this.join()).then(seconds)
    const next = await this.#leaderBesides(holder)
    const elected = seconds()
    const acted = await this.#firstWrite(mark, beganAt + elected * 1000)
    const after = acted === undefined ? undefined : (acted - beganAt) / 1000
    return { leader: victim.name, how, next: next.name, elected, acted: after, replaced: await replaced }
  }

  /** @throws HarnessError when one of them has ended by itself */
  assertRunning(): void {
    for (const member of this.members) member.assertRunning()
  }

  /** Ends all in order, those that wait first. */
  async stop(): Promise<void> {
    const leader = await this.leader()
    await Promise.all(this.members.filter((member) => member !== leader).map((member) => member.stop()))
    await leader.stop()
  }

  #holder(): Promise<string> {
    return leaseHolder(this.#stage.plane.api, system, lease)
  }

  #leaderBesides(former: string): Promise<ControllerProcess> {
    return eventually(
      'a controller holds the lease',
      async () => {
        const holder = await this.#holder()
        if (holder === '' || holder === former) return { missing: `held by ${JSON.stringify(holder)}` }
        for (const member of this.members) {
          if ((await member.logged('elected as leader')).some((line) => line.includes(holder))) return { found: member }
        }
        return { missing: `nobody says to be ${holder}` }
      },
      { timeout: electionLimitMs, interval: 50 },
    )
  }

  /** When something of a release was first written after `from`, in milliseconds since the epoch. */
  async #firstWrite(mark: number, from: number): Promise<number | undefined> {
    const look = async () => {
      const entries = await this.#stage.requests(mark)
      const times = writesOf(entries)
        .filter(({ objectRef }) => isRelease(objectRef?.resource))
        .map((entry) => Date.parse(entry.requestReceivedTimestamp))
      const found = times.find((at) => at >= from)
      return found === undefined ? { missing: 'nothing is written' } : { found }
    }
    return eventually('the new leader writes', look, { timeout: 10_000, interval: 250 }).catch(() => undefined)
  }
}
