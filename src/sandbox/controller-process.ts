import { controllerUser, type MakeOperator, type SandboxOperator } from './operator-port.ts'
import { randomOf, seededRandom } from './random.ts'
import type { Sandbox } from './sandbox.ts'

/** The process in which the controllers run: it can be started, stopped, killed and started again. */
export class ControllerProcess {
  readonly #sandbox: Sandbox
  readonly #make: MakeOperator
  #operator: SandboxOperator | undefined
  #starts = 0

  constructor(sandbox: Sandbox, make: MakeOperator) {
    this.#sandbox = sandbox
    this.#make = make
  }

  get running(): boolean {
    return this.#operator !== undefined
  }

  /** Whether the controllers have nothing queued or in work. True while they are down. */
  get idle(): boolean {
    return this.#operator?.idle() ?? true
  }

  /** Starts a new process; resolves when its caches are synced. Time must be running meanwhile. */
  async start(): Promise<void> {
    this.#starts += 1
    const { clock, net, seed } = this.#sandbox
    const random = seededRandom(Math.floor(randomOf(seed, `controller ${this.#starts}`) * 2 ** 32))
    this.#operator = this.#make({ transport: this.#sandbox.transport(controllerUser), net, clock, random })
    await this.#operator.start()
  }

  /** Ends the process in order. */
  async stop(): Promise<void> {
    const operator = this.#operator
    this.#operator = undefined
    await operator?.stop()
  }

  /** Ends the process as SIGKILL does. */
  crash(): void {
    const operator = this.#operator
    this.#operator = undefined
    operator?.crash()
    this.#sandbox.server.releaseWatches(controllerUser)
    this.#sandbox.server.closeWatches({ user: controllerUser })
  }
}
