import type { SignalFxMetric } from '../../api/providers/signal-fx.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow, ask } from '../http-answer.ts'
import { judgeVector } from '../judge-vector.ts'
import { type NamedSecret, namedSecret, requiredKey } from '../named-secret.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { intervalMs, limitMs } from '../settings.ts'
import { newestValues } from './computation.ts'

type Spec = DeepReadonly<SignalFxMetric>

/** The API and the stream of a realm are two hosts; either may be named. */
const addressOf = (spec: Spec, secret: NamedSecret): string => {
  const address = spec.address || `https://stream.${requiredKey(secret, 'realm')}.signalfx.com`
  return address.replace(/^wss:/, 'https:').replace('//api.', '//stream.')
}

const urlOf = (spec: Spec, secret: NamedSecret, now: number): string => {
  const url = addressBelow(addressOf(spec, secret), 'v2/signalflow/execute', 'provider.signalFx.address')
  const resolution = spec.resolution && intervalMs(spec.resolution, '', 'provider.signalFx.resolution')
  url.search = new URLSearchParams({
    start: String(now - intervalMs(spec.interval, '5m', 'provider.signalFx.interval')),
    stop: String(now),
    immediate: 'true',
    ...(resolution && { resolution: String(resolution) }),
  }).toString()
  return url.href
}

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const secret = await namedSecret(spec.secretRef, { name: 'signalfx', shown: ['realm'] }, context)
  const question = {
    method: 'POST',
    url: urlOf(spec, secret, context.clock.now()),
    headers: {
      'x-sf-token': requiredKey(secret, 'token'),
      'content-type': 'text/plain',
      accept: 'text/event-stream',
    },
    body: spec.query,
    timeoutMs: limitMs(spec.timeout, 30),
  }
  const system = { title: 'Splunk Observability Cloud', credentials: `token in ${secret.source}` }
  const { text } = await ask(question, system, context)
  return judgeVector(newestValues(text), context)
}

/** Runs a SignalFlow program of Splunk Observability Cloud and takes the newest value of each series that it publishes. */
export const signalFx: Provider<SignalFxMetric> = {
  name: 'signalFx',
  typeName: 'SignalFx',
  specOf: (provider) => provider.signalFx,
  start,
}
