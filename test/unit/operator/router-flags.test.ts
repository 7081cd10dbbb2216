import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigurationError, parseConfiguration, routerVersionsOf } from '../../../src/operator/configuration.ts'
import { defaultRouterVersions } from '../../../src/routers/router-versions.ts'

const versionsOf = (...argv: string[]) => {
  const { trafficSplit, traefikService } = routerVersionsOf(parseConfiguration(argv))
  return [trafficSplit, `${traefikService.group}/${traefikService.version}`]
}

describe('the flags for the versions of routers', () => {
  it('are as published by default', () => {
    assert.deepEqual(versionsOf(), ['v1alpha1', 'traefik.io/v1alpha1'])
    assert.deepEqual(routerVersionsOf(parseConfiguration([])), defaultRouterVersions)
    assert.equal(defaultRouterVersions.istio, 'v1alpha3')
  })

  it('choose the version of Istio’s objects', () => {
    const istioOf = (version: string) => routerVersionsOf(parseConfiguration(['--istio-api-version', version])).istio
    assert.equal(istioOf('v1'), 'v1')
    assert.throws(
      () => istioOf('v2'),
      (error) => error instanceof ConfigurationError && /istio-api-version.*v1alpha3/.test(error.message),
    )
  })

  it('choose the version of TrafficSplits, also the fourth', () => {
    assert.equal(versionsOf('--traffic-split-api-version', 'v1alpha4')[0], 'v1alpha4')
    assert.throws(
      () => versionsOf('--traffic-split-api-version', 'v2'),
      (error) => error instanceof ConfigurationError && error.message.includes('--traffic-split-api-version'),
    )
  })

  it('choose the group of TraefikServices by its own flag, and the version by the end of the other', () => {
    assert.equal(versionsOf('--traefik-api-group', 'traefik.containo.us')[1], 'traefik.containo.us/v1alpha1')
    assert.equal(versionsOf('--traefik-api-version', 'traefik.containo.us/v1')[1], 'traefik.io/v1')
  })
})
