import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gatewayApiPluginName } from '../../../src/api/gateway-api-plugin.ts'
import { trafficRouting } from '../../../src/api/traffic-routing.ts'
import { type Permissions, type PolicyRule, routerPermissions } from '../../../src/operator/permissions.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import { type RouterGolden, rolloutOf, routerGoldens } from '../../builders/router-golden.ts'

const permissions: Readonly<Record<string, Permissions>> = routerPermissions

const rulesOf = (router: string): readonly PolicyRule[] => {
  const found = permissions[router]
  assert.ok(found, `add the router ${router} to routerPermissions in src/operator/permissions.ts, and npm run generate`)
  return [...found.namespaced, ...found.cluster]
}

const allows = (rules: readonly PolicyRule[], verb: string, group: string, plural: string): boolean =>
  rules.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(plural) && verbs.includes(verb),
  )

const routersNamed = (key: string) => routersOf(rolloutOf({ strategy: { trafficRouting: { [key]: {} } } }))

/** Keys under trafficRouting that name routers, and not what all routers do. */
const routerKeys = Object.keys(trafficRouting.shape).filter((key) => routersNamed(key).length > 0)

const keyOf = ({ strategy }: RouterGolden): string => {
  const { plugins, ...routing } = strategy.trafficRouting ?? {}
  const [key = ''] = Object.keys(routing).filter((name) => routerKeys.includes(name))
  return plugins?.[gatewayApiPluginName] === undefined ? key : 'gatewayAPI'
}

describe('the permissions of routers', () => {
  for (const key of routerKeys) {
    it(`let ${key} read all kinds that it names`, () => {
      for (const { resources } of routersNamed(key)) {
        for (const { group, plural } of resources) {
          for (const verb of ['get', 'list', 'watch']) assert.ok(allows(rulesOf(key), verb, group, plural), plural)
        }
      }
    })
  }

  for (const golden of routerGoldens()) {
    it(`allow all that is written in ${golden.file}`, () => {
      const rules = rulesOf(keyOf(golden))
      const kinds = new Map(
        routersOf(rolloutOf(golden)).flatMap(({ resources }) =>
          resources.map((resource) => [resource.kind, resource] as const),
        ),
      )
      for (const write of golden.stages.flatMap(({ writes = [] }) => writes)) {
        const [verb = '', object = ''] = write.split(' ')
        const resource = kinds.get(object.split('/')[0] ?? '')
        assert.ok(resource && allows(rules, verb, resource.group, resource.plural), write)
      }
    })
  }

  it('name no router that nobody can name', () => {
    assert.deepEqual(
      Object.keys(permissions).filter((key) => routersNamed(key).length === 0),
      [],
    )
  })
})
