import * as z from 'zod'
import { albRouting } from './routers/alb.ts'
import { ambassadorRouting } from './routers/ambassador.ts'
import { apisixRouting } from './routers/apisix.ts'
import { appMeshRouting } from './routers/app-mesh.ts'
import { contourRouting } from './routers/contour.ts'
import { gatewayApiRouting } from './routers/gateway-api.ts'
import { glooRouting } from './routers/gloo.ts'
import { istioRouting } from './routers/istio.ts'
import { kumaRouting } from './routers/kuma.ts'
import { nginxRouting } from './routers/nginx.ts'
import { skipperRouting } from './routers/skipper.ts'
import { smiRouting } from './routers/smi.ts'
import { traefikRouting } from './routers/traefik.ts'
import { int32, openObject } from './scalars.ts'
import { sessionAffinity } from './session-affinity.ts'

/** The routers of a canary. Several may be set at once: each gets the same weights. */
export const trafficRouting = z.object({
  gatewayAPI: gatewayApiRouting.optional().describe('Weights the backends of routes of the Gateway API.'),
  istio: istioRouting.optional().describe('Weights the routes of Istio VirtualServices.'),
  nginx: nginxRouting.optional().describe('Weights a canary copy of an Ingress of ingress-nginx.'),
  alb: albRouting.optional().describe('Weights the forward action of an Ingress of the AWS Load Balancer Controller.'),
  smi: smiRouting.optional().describe('Keeps a TrafficSplit of the Service Mesh Interface.'),
  ambassador: ambassadorRouting.optional().describe('Keeps weighted canary copies of Ambassador Mappings.'),
  appMesh: appMeshRouting.optional().describe('Weights the routes of an AWS App Mesh VirtualRouter.'),
  traefik: traefikRouting.optional().describe('Sets the weights of a TraefikService.'),
  apisix: apisixRouting.optional().describe('Weights the backends of an ApisixRoute.'),
  contour: contourRouting.optional().describe('Weights the Services of HTTPProxies of Contour.'),
  gloo: glooRouting.optional().describe('Weights the destinations of RouteTables of Gloo.'),
  kuma: kumaRouting.optional().describe('Weights the destinations of TrafficRoutes of Kuma.'),
  skipper: skipperRouting.optional().describe('Weights the backends of Ingresses that Skipper serves.'),
  plugins: openObject
    .optional()
    .describe(
      'Configuration of further routers by their name, `<namespace>/<name>`. ' +
        'argoproj-labs/gatewayAPI is understood without a plugin.',
    ),
  managedRoutes: z
    .array(z.object({ name: z.string().describe('Name that a setHeaderRoute or setMirrorRoute step uses.') }))
    .optional()
    .describe(
      'Routes that steps may create, the first with the highest priority. All are removed when a release ends.',
    ),
  sessionAffinity: sessionAffinity
    .optional()
    .describe(
      'Keeps users who met the canary with it until the release ends, by a cookie. For some routers. An addition of Crossfade.',
    ),
  maxTrafficWeight: int32
    .optional()
    .describe('The weight that means all traffic. Default 100. Only some routers can count beyond 100.'),
})

/** See {@link trafficRouting}. */
export type TrafficRouting = z.infer<typeof trafficRouting>
