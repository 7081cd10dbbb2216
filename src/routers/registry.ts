import { gatewayApiPluginName, gatewayApiPluginSchema } from '../api/gateway-api-plugin.ts'
import { istioResources } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic-routing.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson, objectOr } from '../lib/json-value.ts'
import { albRouter } from './alb/alb.ts'
import { targetGroupVerifier } from './alb/target-groups.ts'
import { ambassadorRouter } from './ambassador/ambassador.ts'
import { apisixRouter } from './apisix/apisix.ts'
import { appMeshRouter } from './app-mesh/app-mesh.ts'
import { contourRouter } from './contour/contour.ts'
import { gatewayApiRouter } from './gateway-api/gateway-api.ts'
import { fromNativeSpec, fromPluginSpec } from './gateway-api/spec.ts'
import { glooRouter } from './gloo/gloo.ts'
import { istioRouter } from './istio/istio.ts'
import { kumaRouter } from './kuma/kuma.ts'
import { nginxRouter } from './nginx/nginx.ts'
import { pluginRouter } from './plugin/plugin.ts'
import { type BoundRouter, bindRouter } from './router.ts'
import { defaultRouterVersions, type RouterVersions } from './router-versions.ts'
import { skipperRouter } from './skipper/skipper.ts'
import { smiRouter } from './smi/smi.ts'
import { traefikRouter } from './traefik/traefik.ts'

/** Plugins that are asked, in an order that is always the same. */
const pluginNames = (plugins: DeepReadonly<TrafficRouting>['plugins']): readonly string[] =>
  Object.keys(plugins ?? {})
    .filter((name) => name !== gatewayApiPluginName)
    .sort()

/** Who is asked about target groups of a Service that blue/green switches; `undefined` where AWS is not asked. */
export const targetGroupVerifierOf = (
  rollout: DeepReadonly<Rollout>,
  { targetGroups }: RouterVersions = defaultRouterVersions,
): BoundRouter | undefined =>
  targetGroups === undefined || rollout.spec.strategy?.blueGreen === undefined
    ? undefined
    : bindRouter(targetGroupVerifier(targetGroups), {}, rollout)

/**
 * The routers that a Rollout names, in the order in which they are served. Adding a router is adding its line here.
 * A plugin configuration that does not parse names no router; validation reports it.
 */
export const routersOf = (
  rollout: DeepReadonly<Rollout>,
  versions: RouterVersions = defaultRouterVersions,
): readonly BoundRouter[] => {
  const routing = rollout.spec.strategy?.canary?.trafficRouting
  const plugin = gatewayApiPluginSchema.safeParse(routing?.plugins?.[gatewayApiPluginName])
  return [
    ...(routing?.istio === undefined
      ? []
      : [bindRouter(istioRouter(istioResources[versions.istio]), routing.istio, rollout)]),
    ...(routing?.nginx === undefined ? [] : [bindRouter(nginxRouter, routing.nginx, rollout)]),
    ...(routing?.alb === undefined ? [] : [bindRouter(albRouter(versions.targetGroups), routing.alb, rollout)]),
    ...(routing?.smi === undefined ? [] : [bindRouter(smiRouter(versions.trafficSplit), routing.smi, rollout)]),
    ...(routing?.ambassador === undefined
      ? []
      : [bindRouter(ambassadorRouter(versions.mapping), routing.ambassador, rollout)]),
    ...(routing?.appMesh === undefined ? [] : [bindRouter(appMeshRouter, routing.appMesh, rollout)]),
    ...(routing?.traefik === undefined
      ? []
      : [bindRouter(traefikRouter(versions.traefikService), routing.traefik, rollout)]),
    ...(routing?.apisix === undefined ? [] : [bindRouter(apisixRouter, routing.apisix, rollout)]),
    ...(routing?.gatewayAPI === undefined
      ? []
      : [bindRouter(gatewayApiRouter, fromNativeSpec(routing.gatewayAPI), rollout)]),
    ...(routing?.contour === undefined ? [] : [bindRouter(contourRouter, routing.contour, rollout)]),
    ...(routing?.gloo === undefined ? [] : [bindRouter(glooRouter, routing.gloo, rollout)]),
    ...(routing?.kuma === undefined ? [] : [bindRouter(kumaRouter, routing.kuma, rollout)]),
    ...(routing?.skipper === undefined ? [] : [bindRouter(skipperRouter, routing.skipper, rollout)]),
    ...(plugin.success ? [bindRouter(gatewayApiRouter, fromPluginSpec(plugin.data), rollout)] : []),
    ...pluginNames(routing?.plugins).map((name) =>
      bindRouter(pluginRouter(name), objectOr(cloneJson(routing?.plugins?.[name])), rollout),
    ),
  ]
}
