import type { ExperimentTemplate } from '../../api/experiment.ts'
import type { Service } from '../../api/kubernetes/service.ts'
import { podTemplateHashLabel } from '../../api/labels.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ExperimentDraft } from '../draft.ts'
import { experimentPodHash, replicaSetNameOf } from '../new-replica-set.ts'
import { newService } from '../new-service.ts'
import { isWanted } from './run-pods.ts'

type Template = DeepReadonly<ExperimentTemplate>

/** The hash that the pods of a template carry: that of the ReplicaSet that is there, whoever has made it. */
const hashOf = (draft: ExperimentDraft, spec: Template): string =>
  draft.replicaSetsOf(spec.name)[0]?.metadata.labels?.[podTemplateHashLabel] ??
  experimentPodHash(draft.snapshot.experiment, spec)

const replicaSetName = (draft: ExperimentDraft, spec: Template): string =>
  draft.replicaSetsOf(spec.name)[0]?.metadata.name ??
  replicaSetNameOf(draft.snapshot.experiment, spec, draft.template(spec.name).collisionCount)

const create = (draft: ExperimentDraft, spec: Template): void => {
  const { experiment, routedPorts } = draft.snapshot
  const hash = hashOf(draft, spec)
  const given = spec.service?.name ?? ''
  const name = given === '' ? replicaSetName(draft, spec) : given
  const object = newService(experiment, spec, { name, labels: { [podTemplateHashLabel]: hash }, routedPorts })
  if (object === undefined) return
  const why = `lead to the pods of template ${spec.name}`
  draft.want({ type: 'createService', key: `service/${name}`, template: spec.name, object, why }, (status) => {
    delete status.templateStatuses?.find((template) => template.name === spec.name)?.serviceName
  })
  draft.template(spec.name).serviceName = name
}

const remove = (draft: ExperimentDraft, template: string, service: DeepReadonly<Service>): void => {
  const { name, uid } = service.metadata
  draft.want({
    type: 'deleteService',
    key: `service/${name}`,
    template,
    name,
    uid,
    why: 'nothing is behind it any more',
  })
  const status = draft.template(template)
  delete status.serviceName
  delete status.podTemplateHash
}

/** Whether nothing serves behind the Service any more, and nothing will. */
const isIdle = (draft: ExperimentDraft, spec: Template): boolean =>
  !isWanted(draft, spec) &&
  draft
    .replicaSetsOf(spec.name)
    .every((set) => (set.spec.replicas ?? 1) === 0 && (set.status?.availableReplicas ?? 0) === 0)

/** Creates the Service of each template that has one, and deletes it when no pod is behind it any more. */
export const exposePods = (draft: ExperimentDraft): void => {
  for (const spec of draft.snapshot.experiment.spec.templates) {
    const services = draft.servicesOf(spec.name)
    if (spec.service === undefined || isIdle(draft, spec)) {
      for (const service of services) remove(draft, spec.name, service)
      continue
    }
    if (!isWanted(draft, spec)) continue
    const template = draft.template(spec.name)
    template.podTemplateHash = hashOf(draft, spec)
    const [service] = services
    if (service === undefined) create(draft, spec)
    else template.serviceName = service.metadata.name
  }
}
