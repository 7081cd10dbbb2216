import type { DeepReadonly } from '../../lib/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Service } from '../kubernetes/service.ts'
import type { RolloutManifest } from '../rollout.ts'
import type { NamedTemplate, RefuseMetric } from './metric-faults.ts'
import { serviceErrors, serviceReferences } from './service-references.ts'
import type { TemplateLookup } from './template-references.ts'
import { analysisUseErrors, analysisUses } from './template-use.ts'

/** Objects that a Rollout refers to, as the caches or a file have them. Router objects are the routers' own concern. */
export interface References {
  readonly services: ReadonlyMap<string, DeepReadonly<Service>>
  readonly templates: TemplateLookup<NamedTemplate>
  readonly refuseMetric: RefuseMetric
}

/** What is wrong with the objects that a Rollout refers to, each with the field that names it. */
export const validateReferences = (
  rollout: DeepReadonly<Pick<RolloutManifest, 'spec' | 'metadata'>>,
  { services, templates, refuseMetric }: References,
): readonly FieldError[] => [
  ...serviceReferences(rollout).flatMap((reference) => serviceErrors(rollout, reference, services.get(reference.name))),
  ...analysisUses(rollout).flatMap((use) => analysisUseErrors(use, templates, refuseMetric)),
]
