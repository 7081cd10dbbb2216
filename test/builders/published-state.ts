import {
  desiredReplicasAnnotation,
  managedByAnnotation,
  podTemplateHashLabel,
  revisionAnnotation,
} from '../../src/api/labels.ts'
import { stepsHash } from '../../src/api/pod-template-hash.ts'
import type { RolloutStatus } from '../../src/api/rollout-status.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { RolloutBuilder } from './rollout-builder.ts'

/** A ReplicaSet as another controller made it, and its pods. */
export interface PublishedRevision {
  readonly hash: string
  readonly image: string
  readonly pods: number
  /** Default: all of them. */
  readonly ready?: number
  readonly annotations?: Readonly<Record<string, string>>
  /** What the controller added to the template. */
  readonly labels?: Readonly<Record<string, string>>
  readonly affinity?: JsonObject
}

/** Where a release stood. The first revision is the stable one, the last the one that is asked for. */
export interface PublishedState {
  readonly rollout: RolloutBuilder
  readonly revisions: readonly PublishedRevision[]
  /** Hash that each Service selects, by its name. */
  readonly services?: Readonly<Record<string, string>>
  readonly status: Partial<RolloutStatus>
}

/** When everything of a published state was made. */
export const publishedAt = '2026-02-03T10:00:00Z'

const owned = (kind: string, apiVersion: string, name: string) => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true, blockOwnerDeletion: true }],
})

let versions = 100

const metadata = (kind: string, name: string, others: object = {}) => {
  versions += 1
  const resourceVersion = String(versions)
  return {
    name,
    namespace: 'default',
    uid: `uid-${kind}-${name}`,
    resourceVersion,
    creationTimestamp: publishedAt,
    ...others,
  }
}

/** The server's defaults, as every stored ReplicaSet and pod has them. */
const podSpec = ({ image, affinity }: PublishedRevision) => ({
  containers: [
    {
      name: 'main',
      image,
      imagePullPolicy: 'IfNotPresent',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    },
  ],
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  ...(affinity && { affinity }),
})

const counts = (pods: number, ready: number) => ({
  replicas: pods,
  ...(pods > 0 && { fullyLabeledReplicas: pods }),
  ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
})

const replicaSetOf = (name: string, replicas: number, revision: PublishedRevision, number: number) => {
  const { hash, pods, ready = pods, annotations = {} } = revision
  const labels = { app: name, [podTemplateHashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata('ReplicaSet', `${name}-${hash}`, {
      generation: 2,
      // The oldest is the first.
      creationTimestamp: new Date(Date.parse(publishedAt) + number * 1000).toISOString().replace('.000', ''),
      labels,
      annotations: {
        [desiredReplicasAnnotation]: String(replicas),
        [revisionAnnotation]: String(number),
        ...annotations,
      },
      ...owned('Rollout', 'argoproj.io/v1alpha1', name),
    }),
    spec: {
      replicas: pods,
      selector: { matchLabels: labels },
      template: { metadata: { labels: { ...labels, ...revision.labels } }, spec: podSpec(revision) },
    },
    status: { observedGeneration: 2, ...counts(pods, ready) },
  }
}

const podOf = (name: string, revision: PublishedRevision, index: number) => {
  const { hash, labels, image, pods, ready = pods } = revision
  const isReady = index < ready
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: publishedAt,
  })
  const state = { running: { startedAt: publishedAt } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('Pod', `${name}-${hash}-${index}`, {
      labels: { app: name, [podTemplateHashLabel]: hash, ...labels },
      ...owned('ReplicaSet', 'apps/v1', `${name}-${hash}`),
    }),
    spec: podSpec(revision),
    status: {
      phase: 'Running',
      startTime: publishedAt,
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', isReady),
        condition('Ready', isReady),
      ],
      containerStatuses: [{ name: 'main', image, ready: isReady, restartCount: 0, state }],
    },
  }
}

const serviceOf = (app: string, name: string, hash: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata('Service', name, { annotations: { [managedByAnnotation]: app } }),
  spec: { ports: [{ port: 80, targetPort: 8080 }], selector: { app, [podTemplateHashLabel]: hash } },
})

const rolloutOf = ({ rollout, revisions, status }: PublishedState, name: string) => {
  const { spec, ...manifest } = rollout.build()
  const pods = revisions.reduce((sum, one) => sum + one.pods, 0)
  const ready = revisions.reduce((sum, one) => sum + (one.ready ?? one.pods), 0)
  const [stable, current] = [revisions[0], revisions.at(-1)]
  return {
    ...manifest,
    metadata: metadata('Rollout', name, {
      generation: 2,
      annotations: { ...manifest.metadata.annotations, [revisionAnnotation]: String(revisions.length) },
    }),
    spec,
    status: {
      HPAReplicas: pods,
      replicas: pods,
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
      ...(current !== undefined && current.pods > 0 && { updatedReplicas: current.pods }),
      blueGreen: {},
      canary: {},
      currentPodHash: current?.hash,
      currentStepHash: stepsHash(spec.strategy?.canary?.steps),
      observedGeneration: '2',
      selector: `app=${name}`,
      stableRS: stable?.hash,
      ...status,
    },
  }
}

/** The objects of a release as the published controller leaves them, in the form in which the API server stores them. */
export const publishedState = (state: PublishedState): readonly JsonObject[] => {
  const { metadata: own, spec } = state.rollout.build()
  const name = own.name ?? ''
  const sets = state.revisions.map((one, index) => replicaSetOf(name, spec.replicas ?? 1, one, index + 1))
  const pods = state.revisions.flatMap((one) => Array.from({ length: one.pods }, (_, index) => podOf(name, one, index)))
  const services = Object.entries(state.services ?? {}).map(([service, hash]) => serviceOf(name, service, hash))
  return JSON.parse(JSON.stringify([rolloutOf(state, name), ...sets, ...pods, ...services]))
}

/** A condition as the published controller writes it. */
export const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: publishedAt,
  lastUpdateTime: publishedAt,
})
