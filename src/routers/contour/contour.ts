import type { HttpProxy } from '../../api/kubernetes/http-proxy.ts'
import { httpProxies } from '../../api/resources.ts'
import type { ContourRouting } from '../../api/routers/contour.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Verification } from '../router.ts'
import { splitObjectRouter } from '../split-object.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { desiredRoutes, serviceShape } from './routes.ts'
import { proxiesField, proxyFaults, stepFaults } from './validation.ts'

/** Contour says of each HTTPProxy whether it is valid, and of which generation it says so (Contour, "HTTPProxy Status"). */
const verified = ({ metadata, status }: DeepReadonly<HttpProxy>): Verification => {
  const what = `HTTPProxy ${metadata.name}`
  const valid = status?.conditions?.find(({ type }) => type === 'Valid')
  if (valid === undefined) return { state: 'not-verifiable' }
  if ((valid.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return { state: 'pending', why: `${what}: Contour has not seen its latest generation` }
  }
  return valid.status === 'True'
    ? { state: 'verified' }
    : { state: 'pending', why: `${what} is not valid: ${status?.description ?? valid.message ?? ''}` }
}

/**
 * Sets the weights of the Services in HTTPProxies of Contour, and adds routes for header and mirror routes and Services for
 * experiments. Other routes, conditions and policies stay as their owner wrote them.
 */
export const contourRouter = splitObjectRouter<DeepReadonly<ContourRouting>, HttpProxy>({
  name: 'contour',
  abilities: ['header-routes', 'mirror-routes', 'additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resource: httpProxies,
  named: (spec) => spec.httpProxies.map((name, index) => ({ name, field: `${proxiesField}[${index}]` })),
  field: proxiesField,
  desired: (intent, { object }, former) => {
    const { routes, tcpproxy } = object.spec
    const backends = intent.additional.map(({ serviceName }) => serviceName)
    const byHttp = desiredRoutes(object, intent, former)
    const overTcp = tcpproxy?.services ?? []
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const byTcp = weightedEntries(overTcp, serviceShape, intent, former.backends ?? [])
    return {
      spec: {
        ...(routes !== undefined && { routes: byHttp.routes }),
        ...(hasBothServices(overTcp, serviceShape, roles) && { tcpproxy: { ...tcpproxy, services: byTcp } }),
      },
      parts: { rules: byHttp.rules, copied: byHttp.copied, backends },
    }
  },
  faults: proxyFaults,
  specFaults: (_spec, rollout) => stepFaults(rollout),
  verified,
})
