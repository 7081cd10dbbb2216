import { NetworkError } from '../../src/kube/errors.ts'
import type { Transport, WatchEvent } from '../../src/kube/transport.ts'
import { controllerUser, type SandboxOperator } from '../../src/sandbox/operator-port.ts'
import { randomOf, seededRandom } from '../../src/sandbox/random.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Controllers, MakeElected } from '../scenario/harness.ts'

const lease = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const leasePath = '/apis/coordination.k8s.io/'

/** A process that ended is started again after this time. */
const restartMs = 2000

interface Process {
  readonly identity: string
  readonly operator: SandboxOperator
  /** Whether nothing gets out of it, and nothing in. */
  isCut: boolean
}

/**
 * Two processes of the controllers, of which a Lease lets one work. Whichever ends is started again as a new one, and it is
 * noted when one writes while the Lease names another.
 */
export class ControllerPair implements Controllers {
  /** Writes of a process that did not hold the Lease. */
  readonly overlaps: string[] = []
  readonly #sandbox: Sandbox
  readonly #make: MakeElected
  readonly #processes = new Set<Process>()
  #wanted = false
  #starts = 0

  constructor(sandbox: Sandbox, make: MakeElected) {
    this.#sandbox = sandbox
    this.#make = make
  }

  get running(): boolean {
    return this.#processes.size > 0
  }

  /** Starts as many processes as are missing; resolves when one of them, or an earlier one, leads. */
  async start(): Promise<void> {
    this.#wanted = true
    const started: Promise<void>[] = []
    while (this.#processes.size < 2) started.push(this.#startOne())
    await (this.#leader === undefined ? Promise.race(started) : undefined)
  }

  async stop(): Promise<void> {
    this.#wanted = false
    const processes = [...this.#processes]
    this.#processes.clear()
    await Promise.all(processes.map(({ operator }) => operator.stop()))
  }

  crash(): void {
    const leader = this.#leader
    if (leader === undefined) return
    this.#end(leader)
    leader.operator.crash()
  }

  /** The leader can talk to nobody any more, neither about the Lease. */
  cutLeaderOff(): void {
    const leader = this.#leader
    if (leader !== undefined) leader.isCut = true
  }

  /** The leader ends in order, as for an update of the controller itself. */
  handOver(): void {
    const leader = this.#leader
    if (leader === undefined) return
    this.#end(leader)
    void leader.operator.stop()
  }

  get #holder(): string | undefined {
    const [found] = this.#sandbox.server.objects.list(lease)
    const { holderIdentity } = (found?.spec ?? {}) as { holderIdentity?: string }
    return holderIdentity
  }

  get #leader(): Process | undefined {
    return [...this.#processes].find(({ identity }) => identity === this.#holder)
  }

  #startOne(): Promise<void> {
    this.#starts += 1
    const identity = `process-${this.#starts}`
    const { clock, net, seed, server } = this.#sandbox
    const random = seededRandom(Math.floor(randomOf(seed, identity) * 2 ** 32))
    const transport = this.#transportOf(server.asUser(controllerUser), () => process)
    const onLeadershipLost = (): void => {
      this.#end(process)
      process.operator.crash()
    }
    const operator = this.#make({ transport, net, clock, random }, { identity, onLeadershipLost })
    const process: Process = { identity, operator, isCut: false }
    this.#processes.add(process)
    return operator.start()
  }

  #end(process: Process): void {
    if (!this.#processes.delete(process)) return
    this.#sandbox.clock.setTimer(restartMs, () => {
      if (this.#wanted) void this.start()
    })
  }

  #transportOf(transport: Transport, of: () => Process): Transport {
    const refuse = (method: string, path: string): void => {
      if (of().isCut) throw new NetworkError({ method, path }, new Error('the network is cut'))
    }
    async function* watched(request: Parameters<Transport['watch']>[0]): AsyncGenerator<WatchEvent> {
      refuse('GET', request.path)
      for await (const event of transport.watch(request)) {
        refuse('GET', request.path)
        yield event
      }
    }
    return {
      request: async (request) => {
        refuse(request.method, request.path)
        if (request.method !== 'GET') this.#judge(of(), request.path)
        const answer = await transport.request(request)
        refuse(request.method, request.path)
        return answer
      },
      watch: watched,
    }
  }

  #judge({ identity }: Process, path: string): void {
    const holder = this.#holder
    if (path.startsWith(leasePath) || holder === identity) return
    this.overlaps.push(`I11: ${identity} writes to ${path} while ${holder ?? 'nobody'} holds the Lease`)
  }
}
