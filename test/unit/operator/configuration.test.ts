import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it, test } from 'node:test'
import { configurationPage } from '../../../scripts/generate/configuration-page.ts'
import {
  ConfigurationError,
  configurationSchema,
  flags,
  mootFlags,
  mootFlagsIn,
  parseConfiguration,
  parseEnvironment,
  refusedFlags,
} from '../../../src/operator/configuration.ts'

const complaintOf = (...argv: string[]): string => {
  try {
    parseConfiguration(argv)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
  }
  return assert.fail(`${argv.join(' ')} was taken`)
}

/** The command line of the published controller that has a default of its own: names as published. */
const publishedDefaults = {
  namespaced: false,
  'instance-id': '',
  'leader-elect': true,
  'leader-election-lease-duration': 15_000,
  'leader-election-renew-deadline': 10_000,
  'leader-election-retry-period': 2_000,
  'istio-api-version': 'v1alpha3',
  'traffic-split-api-version': 'v1alpha1',
  'traefik-api-group': 'traefik.io',
  'traefik-api-version': 'traefik.io/v1alpha1',
  'rollout-threads': 10,
  'experiment-threads': 10,
  'analysis-threads': 30,
  burst: 80,
  metricsPort: 8090,
  healthzPort: 8080,
  loglevel: 'info',
} as const

describe('the command line of the controller', () => {
  it('has the published defaults', () => {
    const configuration: Readonly<Record<string, unknown>> = parseConfiguration([])
    for (const [name, value] of Object.entries(publishedDefaults)) assert.equal(configuration[name], value, name)
  })

  it('takes flags as Go programs write them', () => {
    const taken = parseConfiguration(['--leader-elect=false', '--namespaced=true', '--rollout-threads', '25'])
    assert.deepEqual([taken['leader-elect'], taken.namespaced, taken['rollout-threads']], [false, true, 25])
  })

  it('reads durations in every unit', () => {
    const periodOf = (text: string) =>
      parseConfiguration(['--leader-election-retry-period', text])['leader-election-retry-period']
    assert.deepEqual(['500ms', '1.5s', '2m', '1h'].map(periodOf), [500, 1500, 120_000, 3_600_000])
  })

  it('says what is wrong with a value, and with every one of them', () => {
    const said = complaintOf('--leader-election-retry-period=5', '--rollout-threads=0', '--loglevel=loud')
    assert.match(said, /--leader-election-retry-period: "5" is no duration; expected for example 15s/)
    assert.match(said, /--rollout-threads: /)
    assert.match(said, /--loglevel: .*"debug"/)
  })

  it('names a flag that is not known', () => {
    assert.match(complaintOf('--rollout-thread=3'), /'--rollout-thread'.*--help/s)
  })

  it('takes published flags that have no effect here, in every form, and names them', () => {
    const argv = ['--rollout-resync=600', '--ephemeral-metadata-threads', '3', '--nginx-ingress-classes=a', '--qps=40']
    assert.equal(parseConfiguration(argv).qps, 40)
    assert.deepEqual(mootFlagsIn(argv), ['rollout-resync', 'ephemeral-metadata-threads', 'nginx-ingress-classes'])
    assert.deepEqual(mootFlagsIn(['--qps=40']), [])
  })

  it('refuses published flags whose part it does not have, and says so', () => {
    assert.match(complaintOf('--controllers=analysis'), /--controllers cannot be had; remove it\. .*part/)
  })

  it('knows each published flag in one way only', () => {
    const others = [...Object.keys(mootFlags), ...Object.keys(refusedFlags)]
    assert.deepEqual(
      others.filter((name) => name in flags),
      [],
    )
  })

  it('takes the former name of a flag', () => {
    assert.equal(parseConfiguration(['--metricsport=9000']).metricsPort, 9000)
    assert.equal(parseConfiguration(['--metricsport', '9001']).metricsPort, 9001)
  })

  it('checks every flag', () => {
    assert.deepEqual(Object.keys(flags).toSorted(), Object.keys(configurationSchema.shape).toSorted())
  })
})

describe('the environment of the controller', () => {
  it('counts a variable that is set to nothing as not set, and leaves others alone', () => {
    const read = parseEnvironment({ POD_NAMESPACE: '', ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: 'http://p:9090', HOME: '/' })
    assert.deepEqual(read, { ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: 'http://p:9090' })
  })
})

test('docs/configuration.md is what the flags say (after a change: npm run generate)', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
  assert.ok(page === configurationPage(), 'docs/configuration.md is not up to date')
})
