import { readRun } from '../analysis/run-cache.ts'
import { templatesIn } from '../analysis/template-caches.ts'
import type { Experiment } from '../api/experiment.ts'
import type { OwnerReference } from '../api/kubernetes/object-meta.ts'
import { controllerReferenceOf } from '../api/kubernetes/ownership.ts'
import type { ServicePort } from '../api/kubernetes/service.ts'
import { parseRollout } from '../api/rollout.ts'
import { serviceRolesOf } from '../api/service-roles.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { refuseMetric } from '../providers/registry.ts'
import { byController, type ExperimentCaches } from './caches.ts'
import { readExperiment } from './experiment-cache.ts'
import { routedHashes } from './experiment-traffic.ts'
import { type ExperimentSnapshot, noFailures } from './snapshot.ts'

/** The Rollout that an Experiment is a step of. */
const rolloutOf = ({ metadata }: DeepReadonly<Experiment>): DeepReadonly<OwnerReference> | undefined => {
  const owner = controllerReferenceOf(metadata)
  return owner?.kind === 'Rollout' ? owner : undefined
}

const parentOf = (
  { rollouts }: ExperimentCaches,
  namespace: string | undefined,
  owner: DeepReadonly<OwnerReference> | undefined,
): DeepReadonly<StoredObject> | undefined => {
  const rollout = owner && rollouts.store.get(namespace, owner.name)
  return rollout?.metadata.uid === owner?.uid ? rollout : undefined
}

/** Routers send requests to the port of the stable Service, which may differ from that of its pods. */
const portsOf = (
  { services }: ExperimentCaches,
  rollout: DeepReadonly<StoredObject> | undefined,
): readonly DeepReadonly<ServicePort>[] => {
  const read = rollout === undefined ? undefined : parseRollout(rollout)
  if (rollout === undefined || read?.ok !== true) return []
  if (read.value.spec.strategy?.canary?.trafficRouting === undefined) return []
  const roles = serviceRolesOf(read.value)
  const name = roles.stable === '' ? roles.canary : roles.stable
  return services.store.get(rollout.metadata.namespace, name)?.spec.ports ?? []
}

/** Reads everything that a decision about an Experiment needs from the caches. */
export const observe = (
  caches: ExperimentCaches,
  object: DeepReadonly<StoredObject>,
  now: number,
  instanceId: string,
): ExperimentSnapshot => {
  const { experiment, fault } = readExperiment(object)
  const { namespace, uid } = experiment.metadata
  const rollout = rolloutOf(experiment)
  const parent = parentOf(caches, namespace, rollout)
  const replicaSets = caches.replicaSets.store.byIndex(byController, uid)
  return {
    now,
    experiment,
    fault,
    replicaSets,
    services: caches.services.store.byIndex(byController, uid),
    analysisRuns: caches.analysisRuns.store.byIndex(byController, uid).flatMap((run) => {
      const read = readRun(run)
      return read.ok ? [read.run] : []
    }),
    isRunNameTaken: (name) => caches.analysisRuns.store.get(namespace, name) !== undefined,
    templates: templatesIn(caches.templates, namespace),
    refuseMetric,
    rollout,
    routedHashes: routedHashes(experiment, replicaSets, parent),
    routedPorts: portsOf(caches, parent),
    instanceId,
    failures: noFailures,
  }
}
