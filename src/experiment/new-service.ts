import type { Experiment, ExperimentTemplate } from '../api/experiment.ts'
import type { ServicePort } from '../api/kubernetes/service.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { ownerReferenceTo, templateAnnotations } from './new-replica-set.ts'

type Template = DeepReadonly<ExperimentTemplate>

/** A Service with several ports must name each (Kubernetes API, `core/v1.ServicePort`). */
const named = (ports: readonly ServicePort[]): ServicePort[] =>
  ports.length < 2
    ? [...ports]
    : ports.map((port) => ({ name: `${(port.protocol ?? 'TCP').toLowerCase()}-${port.port}`, ...port }))

/** One port for each that a container declares, as published; a number that several declare counts once. */
const portsOf = ({ template }: Template): ServicePort[] => {
  const ports = new Map<string, ServicePort>()
  for (const { name, containerPort, protocol } of (template.spec?.containers ?? []).flatMap(
    ({ ports = [] }) => ports,
  )) {
    const key = `${protocol ?? 'TCP'}/${containerPort}`
    if (ports.has(key)) continue
    ports.set(key, {
      ...(name !== undefined && name !== '' && { name }),
      port: containerPort,
      targetPort: containerPort,
      ...(protocol !== undefined && { protocol }),
    })
  }
  return named([...ports.values()])
}

/** The Service of a template, which selects its pods by `labels`; undefined where the pods declare no port. */
export const newService = (
  experiment: DeepReadonly<Experiment>,
  template: Template,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): JsonObject | undefined => {
  const ports = portsOf(template)
  const { namespace } = experiment.metadata
  if (ports.length === 0) return undefined
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      annotations: templateAnnotations(experiment, template),
      ownerReferences: [ownerReferenceTo(experiment) as unknown as JsonObject],
    },
    spec: { selector: { ...labels }, ports: ports as unknown as JsonObject[] },
  }
}
