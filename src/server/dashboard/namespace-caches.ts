import type { ObjectMeta } from '../../api/kubernetes/object-meta.ts'
import type { Deployment } from '../../api/kubernetes/workloads.ts'
import { podTemplateHashLabel } from '../../api/labels.ts'
import { analysisRuns, deployments, experiments, pods, replicaSets, rollouts } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import { asAnalysisRun, asExperiment, asPod, asReplicaSet, asRollout } from '../../client/stored-objects.ts'
import { KubeError } from '../../kube/errors.ts'
import type { StoredObject } from '../../kube/informer.ts'
import { InformerFactory, type InformerFactoryOptions } from '../../kube/informer-factory.ts'
import type { SharedInformer } from '../../kube/shared-informer.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { objectOr } from '../../lib/json-value.ts'
import type { ToldRollout } from './rollout-message.ts'

type Meta = { readonly metadata: DeepReadonly<ObjectMeta> }
type R = DeepReadonly<Rollout>

/** Pod, ReplicaSet, Experiment, Rollout. A person may write owners that own each other: no longer chain is followed. */
const longestChain = 3

const byOwner = 'owner'
const byUid = 'uid'

const ownerUids = ({ metadata }: Meta): readonly string[] =>
  (metadata.ownerReferences ?? []).flatMap(({ controller, uid }) => (controller === true ? [uid] : []))

const indexes = {
  [byOwner]: ownerUids,
  [byUid]: ({ metadata }: Meta): readonly string[] => [metadata.uid],
}

/** Only what belongs to some Rollout is read: a namespace may have many other pods. */
const ofSomeRollout = { labelSelector: podTemplateHashLabel }

/** Of a Deployment, only the pod template is shown. */
const asTemplateHolder = (object: StoredObject): Pick<Deployment, 'metadata' | 'spec'> =>
  ({ metadata: object.metadata, spec: { template: objectOr(objectOr(object.spec).template) } }) as unknown as Pick<
    Deployment,
    'metadata' | 'spec'
  >

const deploymentOf = ({ spec: { workloadRef } }: R): string | undefined =>
  workloadRef?.kind === 'Deployment' ? workloadRef.name : undefined

/**
 * What is watched of one namespace, once for all who look at it. `onChange` is told the name of each Rollout of which
 * something has changed.
 */
export class NamespaceCaches {
  readonly namespace: string
  readonly #factory: InformerFactory
  readonly #onChange: (rollout: string) => void
  readonly #rollouts
  readonly #replicaSets
  readonly #pods
  readonly #experiments
  readonly #analysisRuns
  #deployments: SharedInformer<Pick<Deployment, 'metadata' | 'spec'>> | undefined

  constructor(namespace: string, options: InformerFactoryOptions, onChange: (rollout: string) => void) {
    this.namespace = namespace
    this.#onChange = onChange
    const factory = new InformerFactory(options)
    this.#factory = factory
    this.#rollouts = factory.informer({ resource: rollouts, namespace, view: asRollout, indexes })
    this.#replicaSets = factory.informer({
      resource: replicaSets,
      namespace,
      ...ofSomeRollout,
      view: asReplicaSet,
      indexes,
    })
    this.#pods = factory.informer({ resource: pods, namespace, ...ofSomeRollout, view: asPod, indexes })
    this.#experiments = factory.informer({ resource: experiments, namespace, view: asExperiment, indexes })
    this.#analysisRuns = factory.informer({ resource: analysisRuns, namespace, view: asAnalysisRun, indexes })
    this.#rollouts.onChange(({ object }) => this.#rolloutChanged(object))
    for (const owned of [this.#replicaSets, this.#pods, this.#experiments, this.#analysisRuns]) {
      owned.onChange(({ object }) => this.#ownedChanged(object))
    }
  }

  start(): void {
    this.#factory.start()
  }

  /** Ends every watch. */
  stop(): Promise<void> {
    return this.#factory.stop()
  }

  /** Whether everything is known that answers need. */
  get synced(): boolean {
    return this.#needed.every(({ synced }) => synced)
  }

  /** Resolves once {@link synced}, or stopped. */
  async whenSynced(): Promise<void> {
    await Promise.all(this.#needed.map((informer) => informer.whenSynced()))
  }

  /** Why the server does not let these caches be filled, where it has said so. */
  get refusal(): KubeError | undefined {
    return this.#needed
      .map(({ problem }) => problem)
      .find((problem): problem is KubeError => problem instanceof KubeError && [401, 403].includes(problem.code))
  }

  /** What keeps the caches from being filled at the moment. */
  get problem(): unknown {
    return this.#needed.find(({ synced, problem }) => !synced && problem !== undefined)?.problem
  }

  /** Names of all Rollouts, in their order. */
  names(): readonly string[] {
    return this.#rollouts.store
      .list(this.namespace)
      .map(({ metadata }) => metadata.name)
      .sort()
  }

  /** A Rollout with its ReplicaSets and pods; in `full` depth with its Experiments and AnalysisRuns too. */
  read(name: string, depth: 'full' | 'shallow'): ToldRollout | undefined {
    const rollout = this.#rollouts.store.get(this.namespace, name)
    if (rollout === undefined) return undefined
    const { uid } = rollout.metadata
    const ownExperiments = depth === 'full' ? this.#experiments.store.byIndex(byOwner, uid) : []
    const owners = [uid, ...ownExperiments.map(({ metadata }) => metadata.uid)]
    const owned = owners.flatMap((owner) => this.#replicaSets.store.byIndex(byOwner, owner))
    return {
      rollout,
      replicaSets: owned,
      pods: owned.flatMap(({ metadata }) => this.#pods.store.byIndex(byOwner, metadata.uid)),
      experiments: ownExperiments,
      analysisRuns: depth === 'full' ? owners.flatMap((owner) => this.#analysisRuns.store.byIndex(byOwner, owner)) : [],
      template: this.#templateOf(rollout),
    }
  }

  /** Deployments are watched once a Rollout refers to one; what can do without is shown meanwhile. */
  get #needed(): readonly SharedInformer<unknown>[] {
    return this.#factory.all.filter((informer) => informer !== this.#deployments)
  }

  /** That of the workload; where that is not known (yet), that of the version which is wanted. */
  #templateOf(rollout: R): ToldRollout['template'] {
    const { spec, status, metadata } = rollout
    if (spec.workloadRef === undefined) return spec.template
    const holder = this.#deployments?.store.get(this.namespace, deploymentOf(rollout) ?? '')
    if (holder !== undefined) return holder.spec.template
    const wanted = (one: Meta): boolean => one.metadata.labels?.[podTemplateHashLabel] === status?.currentPodHash
    return this.#replicaSets.store.byIndex(byOwner, metadata.uid).find(wanted)?.spec.template
  }

  #rolloutChanged(rollout: R): void {
    this.#onChange(rollout.metadata.name)
    if (deploymentOf(rollout) !== undefined) this.#watchDeployments()
  }

  #watchDeployments(): void {
    if (this.#deployments !== undefined) return
    const { namespace } = this
    this.#deployments = this.#factory.informer({ resource: deployments, namespace, view: asTemplateHolder })
    this.#deployments.onChange(({ object }) => {
      for (const rollout of this.#rollouts.store.list(namespace)) {
        if (deploymentOf(rollout) === object.metadata.name) this.#onChange(rollout.metadata.name)
      }
    })
  }

  /** From a pod to its ReplicaSet, from there to a Rollout or an Experiment, and so on to the top. */
  #ownedChanged(object: Meta, below = longestChain): void {
    if (below === 0) return
    for (const uid of ownerUids(object)) {
      for (const { metadata } of this.#rollouts.store.byIndex(byUid, uid)) this.#onChange(metadata.name)
      for (const owner of this.#replicaSets.store.byIndex(byUid, uid)) this.#ownedChanged(owner, below - 1)
      for (const owner of this.#experiments.store.byIndex(byUid, uid)) this.#ownedChanged(owner, below - 1)
    }
  }
}
