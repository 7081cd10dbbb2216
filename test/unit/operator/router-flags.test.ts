import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { targetGroupBindings } from '../../../src/api/resources.ts'
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

  it('choose the version of Mappings', () => {
    const mappingOf = (...argv: string[]) => {
      const { group, version, plural } = routerVersionsOf(parseConfiguration(argv)).mapping
      return `${plural}.${group}/${version}`
    }
    const flag = '--ambassador-api-version'
    assert.equal(mappingOf(), 'mappings.getambassador.io/v2')
    assert.equal(mappingOf(flag, 'v1'), 'mappings.getambassador.io/v1')
    assert.equal(mappingOf(flag, 'getambassador.io/v3alpha1'), 'mappings.getambassador.io/v3alpha1')
    assert.equal(mappingOf(flag, 'x.getambassador.io/v3alpha1'), 'ambassadormappings.x.getambassador.io/v3alpha1')
  })
})

describe('the flags for target groups of AWS', () => {
  const targetGroupsOf = (...argv: string[]) => routerVersionsOf(parseConfiguration(argv)).targetGroups

  it('ask AWS when they say so, by either name', () => {
    assert.equal(targetGroupsOf(), undefined)
    for (const flag of ['--aws-verify-target-group', '--alb-verify-weight=true']) {
      assert.deepEqual(targetGroupsOf(flag), { tagKey: 'ingress.k8s.aws/resource', bindings: targetGroupBindings })
    }
  })

  it('say where target groups are found', () => {
    const bindings = ['--aws-target-group-binding-api-version', 'eks.amazonaws.com/v1']
    const found = targetGroupsOf('--aws-verify-target-group', '--alb-tag-key-resource-id', 'own/tag', ...bindings)
    assert.equal(found?.tagKey, 'own/tag')
    assert.deepEqual([found.bindings.group, found.bindings.version], ['eks.amazonaws.com', 'v1'])
    assert.throws(
      () => targetGroupsOf('--aws-target-group-binding-api-version', 'v1'),
      (error) => error instanceof ConfigurationError && error.message.includes('elbv2.k8s.aws/v1beta1'),
    )
  })
})
