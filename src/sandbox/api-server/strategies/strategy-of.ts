import type { Strategies, Strategy } from '../objects/strategy.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { groupResource } from '../resources/resource-type.ts'
import { customResourceStrategy } from './custom-resource.ts'
import { cronJobStrategy, jobStrategy } from './jobs.ts'
import { podStrategy } from './pods.ts'
import { serviceStrategy } from './services.ts'
import {
  autoscalerStrategy,
  crdStrategy,
  disruptionBudgetStrategy,
  endpointSliceStrategy,
  eventStrategy,
  ingressStrategy,
  namespaceStrategy,
  roleBindingStrategy,
  secretStrategy,
} from './small-kinds.ts'
import {
  daemonSetStrategy,
  deploymentStrategy,
  podTemplateStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
} from './workloads.ts'

const builtin: Readonly<Record<string, Strategy>> = {
  namespaces: namespaceStrategy,
  pods: podStrategy,
  podtemplates: podTemplateStrategy,
  services: serviceStrategy,
  secrets: secretStrategy,
  events: eventStrategy,
  'deployments.apps': deploymentStrategy,
  'replicasets.apps': replicaSetStrategy,
  'statefulsets.apps': statefulSetStrategy,
  'daemonsets.apps': daemonSetStrategy,
  'jobs.batch': jobStrategy,
  'cronjobs.batch': cronJobStrategy,
  'horizontalpodautoscalers.autoscaling': autoscalerStrategy,
  'poddisruptionbudgets.policy': disruptionBudgetStrategy,
  'ingresses.networking.k8s.io': ingressStrategy,
  'endpointslices.discovery.k8s.io': endpointSliceStrategy,
  'rolebindings.rbac.authorization.k8s.io': roleBindingStrategy,
  'clusterrolebindings.rbac.authorization.k8s.io': roleBindingStrategy,
  'customresourcedefinitions.apiextensions.k8s.io': crdStrategy,
}

const custom = new WeakMap<ResourceType, Strategy>()

const customStrategyOf = (type: ResourceType): Strategy => {
  const known = custom.get(type)
  if (known !== undefined) return known
  const strategy = customResourceStrategy(type)
  custom.set(type, strategy)
  return strategy
}

/** Strategies by kind. A built-in kind that is not in the table stores what it is given. */
export const strategyOf: Strategies = (type) =>
  type.custom ? customStrategyOf(type) : (builtin[groupResource(type)] ?? {})
