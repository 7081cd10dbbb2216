import { createHash } from 'node:crypto'
import type { Manifest } from '../../api/kubernetes/object-meta.ts'
import type { PodTemplateSpec } from '../../api/kubernetes/pod.ts'
import type { Deployment, ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { equalJson } from '../../lib/json-value.ts'
import { planDeployment } from '../workloads/deployment.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keysOfController, keysOfKind } from './keys.ts'
import { controllerReference } from './pod-of.ts'
import { replacingStatus } from './replacing-status.ts'

const hashLabel = 'pod-template-hash'

const hashOf = (template: DeepReadonly<PodTemplateSpec>): string =>
  createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10)

/** A ReplicaSet is found by its template, not by its hash: one that was restored got that from another implementation. */
const isOf = (replicaSet: DeepReadonly<ReplicaSet>, template: DeepReadonly<PodTemplateSpec>): boolean => {
  const { [hashLabel]: _, ...labels } = replicaSet.spec.template.metadata?.labels ?? {}
  const made = { ...replicaSet.spec.template, metadata: { ...replicaSet.spec.template.metadata, labels } }
  return equalJson(made, { ...template, metadata: { ...template.metadata, labels: template.metadata?.labels ?? {} } })
}

const replicaSetOf = (deployment: DeepReadonly<Deployment>, hash: string): Manifest<ReplicaSet> => {
  const { metadata, spec } = deployment
  const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash }
  const template = structuredClone(spec.template) as PodTemplateSpec
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels,
      ownerReferences: [controllerReference({ apiVersion: 'apps/v1', kind: 'Deployment', metadata })],
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: { matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** Rolls Deployments: enough of Kubernetes' own controller for a workload that a Rollout takes over, or stands beside. */
export class DeploymentController implements SimulatedController {
  readonly user = 'system:serviceaccount:kube-system:deployment-controller'
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    const owners = change.kind === 'ReplicaSet' ? keysOfController('Deployment', change) : []
    return [...keysOfKind('Deployment', change), ...owners]
  }

  reconcile(key: ObjectKey): undefined {
    const deployment = this.#cluster.get('Deployment', key)
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return
    const owned = this.#cluster.controlledBy('ReplicaSet', deployment.metadata.uid)
    const current = owned.find((replicaSet) => isOf(replicaSet, deployment.spec.template))
    if (current === undefined) {
      this.#cluster.create(this.user, 'ReplicaSet', replicaSetOf(deployment, hashOf(deployment.spec.template)))
      return
    }
    const plan = planDeployment(
      deployment,
      current,
      owned.filter((replicaSet) => replicaSet !== current),
    )
    for (const { replicaSet, replicas } of plan.scale) {
      const target = { ...key, name: replicaSet.metadata.name }
      this.#cluster.patch(this.user, 'ReplicaSet', target, { spec: { replicas } })
    }
    this.#cluster.patch(this.user, 'Deployment', key, replacingStatus(deployment.status, plan.status), 'status')
  }
}
