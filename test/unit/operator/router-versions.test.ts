import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigurationError, parseConfiguration, routerVersionsOf } from '../../../src/operator/configuration.ts'
import { defaultRouterVersions } from '../../../src/routers/router-versions.ts'

const versionsOf = (...argv: string[]) => routerVersionsOf(parseConfiguration(argv))

test('without flags the objects of routers have the versions that the published controller takes', () => {
  assert.deepEqual(versionsOf(), defaultRouterVersions)
  assert.equal(versionsOf().istio, 'v1alpha3')
})

test('flags name the versions that a cluster serves', () => {
  const { istio, trafficSplit, traefikService } = versionsOf(
    ...['--istio-api-version', 'v1', '--traffic-split-api-version=v1alpha4', '--traefik-api-group=traefik.containo.us'],
  )
  assert.deepEqual([istio, trafficSplit, traefikService.group], ['v1', 'v1alpha4', 'traefik.containo.us'])
})

test('a version that nobody knows is refused with those that are known', () => {
  assert.throws(
    () => versionsOf('--istio-api-version', 'v2'),
    (error) => error instanceof ConfigurationError && /istio-api-version.*v1alpha3/.test(error.message),
  )
})
