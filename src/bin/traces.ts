import { HttpNet } from '../kube/http-net.ts'
import { systemClock } from '../lib/clock.ts'
import type { Configuration } from '../operator/configuration.ts'
import { version } from '../operator/version.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { SpanSink } from '../telemetry/span.ts'

/** Where spans go, and how that ends. */
export interface Traces {
  readonly tell: SpanSink
  /** Sends what has not been sent. */
  close(): Promise<void>
}

const timeoutMs = 10_000

const exported = async (log: Logger): Promise<Traces> => {
  const { otlpSettings } = await import('../telemetry/otlp-settings.ts')
  const { SpanExporter } = await import('../telemetry/span-exporter.ts')
  const { url, headers, resource } = otlpSettings(process.env, version)
  const net = new HttpNet({ clock: systemClock, userAgent: `crossfade/${version}`, proxyEnv: process.env })
  const send = async (body: string): Promise<void> => {
    const { status } = await net.fetch({ method: 'POST', url, headers, body, timeoutMs })
    if (status < 200 || status > 299) throw new Error(`sending traces to ${url}: it answered ${status}`)
  }
  const exporter = new SpanExporter({ send, clock: systemClock, log, resource })
  return { tell: exporter.take, close: () => exporter.close() }
}

/** Opens what `--traces` names; nothing of it is loaded unless it is named. */
export const openTraces = async ({ traces }: Configuration, log: Logger): Promise<Traces | undefined> => {
  if (traces === 'none') return undefined
  if (traces === 'otlp') return exported(log)
  const { openTelemetrySink } = await import('../telemetry/opentelemetry.ts')
  return { tell: openTelemetrySink(), close: async () => {} }
}
