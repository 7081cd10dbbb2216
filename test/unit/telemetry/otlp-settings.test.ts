import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { otlpSettings } from '../../../src/telemetry/otlp-settings.ts'

describe('where traces are sent', () => {
  const urlOf = (env: Record<string, string>): string => otlpSettings(env, '1.0.0').url

  it('is a collector on this host, unless one is named', () => {
    assert.equal(urlOf({}), 'http://localhost:4318/v1/traces')
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.test:4318/' }), 'https://otel.test:4318/v1/traces')
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel.test/in' }), 'https://otel.test/in')
  })

  it('takes headers and attributes as every OpenTelemetry SDK does', () => {
    const { headers, resource } = otlpSettings(
      {
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t%3D1, x-team=shop,broken',
        OTEL_SERVICE_NAME: 'releases',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,odd=100%',
      },
      '1.0.0',
    )
    assert.deepEqual(headers, {
      authorization: 'Bearer t=1',
      'x-team': 'shop',
      'content-type': 'application/json',
    })
    assert.deepEqual(resource, {
      'service.name': 'releases',
      'service.version': '1.0.0',
      'deployment.environment.name': 'prod',
      odd: '100%',
    })
  })
})
