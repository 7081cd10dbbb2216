import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigurationError, parseConfiguration } from '../../../src/operator/configuration.ts'

describe('the flags for what the controller tells', () => {
  it('leave everything off that costs something', () => {
    const configuration = parseConfiguration([])
    assert.equal(configuration.traces, 'none')
    assert.equal(configuration['enable-pprof-address'], '')
    assert.equal(configuration['published-metrics-only'], false)
  })

  it('name who is told traces', () => {
    assert.equal(parseConfiguration(['--traces=otlp']).traces, 'otlp')
    assert.equal(parseConfiguration(['--traces', 'api']).traces, 'api')
    assert.throws(() => parseConfiguration(['--traces=zipkin']), ConfigurationError)
  })
})
