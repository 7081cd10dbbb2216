import type { Attributes } from './span.ts'

/** Where traces are sent, and as whom, by the variables that OpenTelemetry specifies for every SDK. */
export interface OtlpSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Attributes
}

/** `key=value` pairs, separated by commas, each part as in a URL. What is no pair is left out. */
const pairs = (text = ''): Record<string, string> =>
  Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 1 ? [] : [[decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]]
    }),
  )

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return text.trim()
  }
}

/**
 * Reads `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` (opentelemetry.io/docs/specs/otel, "OTLP exporter" and "SDK
 * environment variables"). A collector on this host is asked where none is named.
 */
export const otlpSettings = (env: Readonly<Record<string, string | undefined>>, version: string): OtlpSettings => {
  const base = (env.OTEL_EXPORTER_OTLP_ENDPOINT || 'http://localhost:4318').replace(/\/+$/, '')
  return {
    url: env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || `${base}/v1/traces`,
    headers: { ...pairs(env.OTEL_EXPORTER_OTLP_HEADERS), 'content-type': 'application/json' },
    resource: {
      'service.name': env.OTEL_SERVICE_NAME || 'crossfade',
      'service.version': version,
      ...pairs(env.OTEL_RESOURCE_ATTRIBUTES),
    },
  }
}
