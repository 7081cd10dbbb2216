import type { Experiment, ExperimentTemplate } from '../api/experiment.ts'
import type { ServicePort } from '../api/kubernetes/service.ts'
import { ownerReferenceTo } from '../api/owner-reference.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { templateAnnotations } from './new-replica-set.ts'

type Template = DeepReadonly<ExperimentTemplate>

/** A Service with several ports must name each, no two alike (Kubernetes API, `core/v1.ServicePort`). */
const named = (ports: readonly ServicePort[]): ServicePort[] => {
  if (ports.length < 2) return [...ports]
  const taken = new Set<string>()
  return ports.map((port) => {
    const isFree = port.name !== undefined && port.name !== '' && !taken.has(port.name)
    const name = isFree ? port.name : `${(port.protocol ?? 'TCP').toLowerCase()}-${port.port}`
    taken.add(name ?? '')
    return { ...port, ...(name !== undefined && { name }) }
  })
}

/** One port for each that a container declares, as published. */
const containerPorts = ({ template }: Template): readonly ServicePort[] =>
  (template.spec?.containers ?? [])
    .flatMap(({ ports = [] }) => ports)
    .map(({ name, containerPort, protocol }) => ({
      ...(name !== undefined && name !== '' && { name }),
      port: containerPort,
      targetPort: containerPort,
      ...(protocol !== undefined && { protocol }),
    }))

/** What of a port is not about the node or the Service that it was given to. */
const asGiven = ({ name, port, targetPort, protocol, appProtocol }: DeepReadonly<ServicePort>): ServicePort => ({
  ...(name !== undefined && { name }),
  port,
  ...(targetPort !== undefined && { targetPort }),
  ...(protocol !== undefined && { protocol }),
  ...(appProtocol !== undefined && { appProtocol }),
})

/** The ports that routers lead to, then those of the containers; a number that is there already counts once. */
const portsOf = (template: Template, routed: readonly DeepReadonly<ServicePort>[]): ServicePort[] => {
  const ports = new Map<string, ServicePort>()
  for (const port of [...routed.map(asGiven), ...containerPorts(template)]) {
    const key = `${port.protocol ?? 'TCP'}/${port.port}`
    if (!ports.has(key)) ports.set(key, port)
  }
  return named([...ports.values()])
}

/** What a Service is made from besides its template. */
export interface NewServiceParts {
  readonly name: string
  /** Labels of the pods that it leads to. */
  readonly labels: Readonly<Record<string, string>>
  /** Ports that it must have for the routers of a Rollout. */
  readonly routedPorts: readonly DeepReadonly<ServicePort>[]
}

/** The Service of a template; undefined where there is no port that it could have. */
export const newService = (
  experiment: DeepReadonly<Experiment>,
  template: Template,
  { name, labels, routedPorts }: NewServiceParts,
): JsonObject | undefined => {
  const ports = portsOf(template, routedPorts)
  const { namespace } = experiment.metadata
  if (ports.length === 0) return undefined
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      annotations: templateAnnotations(experiment, template),
      ownerReferences: [ownerReferenceTo('Experiment', experiment) as unknown as JsonObject],
    },
    spec: { selector: { ...labels }, ports: ports as unknown as JsonObject[] },
  }
}
