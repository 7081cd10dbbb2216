import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayApiPluginSchema } from '../../../src/api/gateway-api-plugin.ts'
import { gatewayApiRouting } from '../../../src/api/routers/gateway-api.ts'

test('one route is named in one line', () => {
  assert.equal(gatewayApiRouting.safeParse({ httpRoute: 'web' }).success, true)
})

test('several routes are listed, each with the names or the places of its rules', () => {
  const spec = {
    namespace: 'edge',
    httpRoutes: [{ name: 'web' }, { name: 'api', rules: ['checkout', 0] }],
    grpcRoutes: [{ name: 'rpc', rules: [2] }],
  }
  assert.deepEqual(gatewayApiRouting.parse(spec), spec)
})

test('a route without a name, or a rule that is neither name nor place, is refused', () => {
  assert.equal(gatewayApiRouting.safeParse({ httpRoutes: [{ rules: [0] }] }).success, false)
  assert.equal(gatewayApiRouting.safeParse({ httpRoutes: [{ name: 'web', rules: [{ index: 0 }] }] }).success, false)
})

test('the configuration of the upstream plugin is read as people have it', () => {
  const configurations = [
    { httpRoute: 'web', namespace: 'default' },
    { httpRoutes: [{ name: 'web', useHeaderRoutes: true }], configMap: 'state', namespace: 'default' },
    { grpcRoute: 'rpc', tcpRoutes: [{ name: 'tcp' }], tlsRoute: 'tls' },
    { httpRouteSelector: { matchLabels: { app: 'web' } }, disableInProgressLabel: true },
    { httpRoute: 'web', inProgressLabelKey: 'release', inProgressLabelValue: 'yes' },
  ]
  for (const configuration of configurations) {
    assert.deepEqual(gatewayApiPluginSchema.parse(configuration), configuration)
  }
})
