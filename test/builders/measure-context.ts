import type { Metric } from '../../src/api/metric.ts'
import { HttpNet } from '../../src/kube/http-net.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import type { MeasureContext, Outcome } from '../../src/providers/provider.ts'
import { providerOf } from '../../src/providers/registry.ts'
import { closedHost, surroundingsOf } from '../../src/providers/surroundings.ts'
import { runOf } from './analysis-run.ts'
import { noJobs } from './job-access.ts'
import { noPlugins } from './plugins.ts'
import { noSecrets } from './secret-access.ts'

/** The network of this machine, with time-outs by a clock of the test's choice. */
export const machineNet = (clock: Clock): HttpNet => new HttpNet({ clock, userAgent: 'test', proxyEnv: {} })

/** What a provider gets, with the network of this machine. */
export const measureContext = (metric: Metric, over: Partial<MeasureContext> = {}): MeasureContext => ({
  net: machineNet(systemClock),
  clock: systemClock,
  jobs: noJobs,
  config: {},
  surroundings: surroundingsOf(closedHost()),
  plugins: noPlugins,
  secrets: noSecrets,
  run: runOf({ metrics: [metric] }),
  metric,
  ordinal: 1,
  signal: new AbortController().signal,
  ...over,
})

/** Takes one measurement of a metric. */
export const measureOnce = async (metric: Metric, over: Partial<MeasureContext> = {}): Promise<Outcome> => {
  const provider = providerOf(metric.provider)
  if (provider === undefined) throw new Error('the metric has no provider')
  return provider.start(measureContext(metric, over))
}
