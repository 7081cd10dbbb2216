import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createAnalysisController } from '../../src/analysis/controller.ts'
import type { AnalysisRunSpec } from '../../src/api/analysis-run.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { EventRecorder } from '../../src/kube/events.ts'
import { InformerFactory } from '../../src/kube/informer-factory.ts'
import type { Runtime } from '../../src/kube/runtime.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { closedHost, surroundingsOf } from '../../src/providers/surroundings.ts'
import { ControllerProcess } from '../../src/sandbox/controller-process.ts'
import { productCrds } from '../../src/sandbox/crds.ts'
import { type FaultRule, injectFaults } from '../../src/sandbox/faults.ts'
import type { OperatorPorts, SandboxOperator } from '../../src/sandbox/operator-port.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { applyObjects } from '../../src/sandbox/scenario/actions.ts'
import { noMetrics } from '../../src/telemetry/no-metrics.ts'
import { metricOf } from './analysis-run.ts'
import { CollectingLogger } from './collecting-logger.ts'
import { noPlugins } from './plugins.ts'

/** Reading the CRDs takes longer than most stories. */
const crds = productCrds()

/** The AnalysisRun controller alone, as a process would run it. */
const operatorOf = ({ transport, net, clock, random }: OperatorPorts, log: CollectingLogger): SandboxOperator => {
  const runtime: Runtime = { clock, random, log, yieldToLoop: async () => void (await nextTurn()) }
  const client = new KubeClient({ transport, fieldManager: 'test' })
  const informers = new InformerFactory({ transport, runtime, freeze: true })
  const events = new EventRecorder({ client, runtime, component: 'rollouts-controller' })
  const scope = { instanceId: '' }
  const controller = createAnalysisController({
    informers,
    client,
    events,
    runtime,
    net,
    scope,
    metrics: noMetrics,
    providers: {},
    surroundings: surroundingsOf(closedHost()),
    plugins: noPlugins,
  })
  return {
    start: async () => {
      informers.start()
      await informers.waitForSync(60_000)
      controller.start()
    },
    stop: () => controller.stop(1000),
    idle: () => controller.idle,
    crash: () => {
      void controller.abort(new Error('killed'))
      void informers.stop()
    },
  }
}

/** A cluster in memory with one AnalysisRun, `shop/check`. */
export class AnalysisStory {
  readonly sandbox: Sandbox
  readonly process: ControllerProcess
  readonly log = new CollectingLogger()
  /** Status patches of the run. */
  writes = 0

  constructor(options: SandboxOptions & { faults?: readonly FaultRule[] } = {}) {
    const { faults = [] } = options
    this.sandbox = createSandbox({ crds, ...options })
    this.process = new ControllerProcess(this.sandbox, (ports) => operatorOf(ports, this.log))
    this.sandbox.cluster.onChange(({ kind, type, user }) => {
      if (kind === 'AnalysisRun' && type === 'MODIFIED' && user.startsWith('system:')) this.writes++
    })
    const { server, clock } = this.sandbox
    injectFaults(faults, { server, clock, crash: () => this.restart() })
    this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  }

  apply(...objects: JsonObject[]): void {
    applyObjects(this.sandbox, JSON.parse(JSON.stringify(objects)), 'shop')
  }

  async begin(spec: Partial<AnalysisRunSpec>, ...objects: JsonObject[]): Promise<void> {
    const run = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'check' },
      spec: { metrics: [metricOf()], ...spec },
    }
    this.apply(...objects, JSON.parse(JSON.stringify(run)))
    let started = false
    void this.process.start().then(() => {
      started = true
    })
    await this.sandbox.clock.run({ until: () => started, forMs: 60_000 })
  }

  get run() {
    return this.sandbox.cluster.get('AnalysisRun', { namespace: 'shop', name: 'check' })
  }

  get events(): string[] {
    return this.sandbox.cluster
      .list('Event', 'shop')
      .filter(({ involvedObject }) => involvedObject.kind === 'AnalysisRun')
      .map(({ reason, message }) => `${reason}: ${message}`)
  }

  /** Kills the controller; it is back a little later. */
  restart(): void {
    this.process.crash()
    this.sandbox.clock.setTimer(2000, () => void this.process.start())
  }

  /** Names of the Jobs of the namespace. */
  get jobs(): string[] {
    return this.sandbox.cluster.list('Job', 'shop').map(({ metadata }) => metadata.name)
  }

  async pass(seconds: number): Promise<void> {
    await this.sandbox.clock.run({ forMs: seconds * 1000 })
  }

  async untilPhase(phase: string, withinSeconds = 600): Promise<void> {
    const end = await this.sandbox.clock.run({
      until: () => this.run?.status?.phase === phase,
      forMs: withinSeconds * 1000,
    })
    assert.equal(end, 'until', `the run is ${JSON.stringify(this.run?.status)}`)
  }
}
