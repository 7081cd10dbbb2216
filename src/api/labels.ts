/**
 * Keys of labels and annotations. All of them are interfaces: other tools, and objects that the published controller
 * left behind, carry them.
 */

/** Label of everything that belongs to one revision: ReplicaSets, pods, Service selectors, AnalysisRuns, Experiments. */
export const podTemplateHashLabel = 'rollouts-pod-template-hash'

/** Label by which Kubernetes' own Deployments mark a revision; seen on adopted ReplicaSets. */
export const deploymentHashLabel = 'pod-template-hash'

/** Annotation of a ReplicaSet that is to be scaled down at an instant (RFC 3339, UTC). */
export const scaleDownDeadlineAnnotation = 'scale-down-deadline'

/**
 * Annotation of a ReplicaSet that was the stable one of a blue/green Rollout and waits to be scaled down. Our own: a deadline
 * alone does not tell such a revision from one that was given up.
 */
export const hasBeenStableAnnotation = 'rollout.argoproj.io/has-been-stable'

/** Annotation of a Service or DestinationRule whose selector a Rollout sets: the name of the Rollout. */
export const managedByAnnotation = 'argo-rollouts.argoproj.io/managed-by-rollouts'

/** Label that names the controller instance an object belongs to; without it, the instance without an id. */
export const instanceIdLabel = 'argo-rollouts.argoproj.io/controller-instance-id'

/** Label of an AnalysisRun: {@link RolloutType}. */
export const rolloutTypeLabel = 'rollout-type'

/** What a Rollout started an AnalysisRun for. */
export const rolloutTypes = {
  step: 'Step',
  background: 'Background',
  prePromotion: 'PrePromotion',
  postPromotion: 'PostPromotion',
} as const

/** See {@link rolloutTypes}. */
export type RolloutType = (typeof rolloutTypes)[keyof typeof rolloutTypes]

/** Label of an AnalysisRun or Experiment of a step: the index of the step. */
export const stepIndexLabel = 'step-index'

/** Annotation of Rollouts, ReplicaSets, AnalysisRuns and Experiments: the number of the revision, counted from 1. */
export const revisionAnnotation = 'rollout.argoproj.io/revision'

/** Annotation of a ReplicaSet that became current again: its earlier revisions, separated by commas. */
export const revisionHistoryAnnotation = 'rollout.argoproj.io/revision-history'

/** Annotation of a ReplicaSet: spec.replicas of the Rollout when it was last scaled. */
export const desiredReplicasAnnotation = 'rollout.argoproj.io/desired-replicas'

/** Annotation of a Rollout: the generation of the referenced workload. */
export const workloadGenerationAnnotation = 'rollout.argoproj.io/workload-generation'

/**
 * Annotation of a Deployment that a Rollout takes the place of, progressively: how many replicas it had before. Our own: it
 * is there until the Rollout is healthy for the first time.
 */
export const scaledDownFromAnnotation = 'rollout.argoproj.io/scaled-down-from'

/** Annotation of a ReplicaSet: the labels and annotations that were added to its pods, as JSON. */
export const ephemeralMetadataAnnotation = 'rollout.argoproj.io/ephemeral-metadata'

/** Annotation of a Rollout: which notifications were sent. Not copied to ReplicaSets. */
export const notifiedAnnotation = 'notified.notifications.argoproj.io'

/** Annotation in which `kubectl apply` keeps what was applied. Not copied to ReplicaSets. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** Annotation of ReplicaSets and Services of an Experiment: its name. */
export const experimentNameAnnotation = 'experiment.argoproj.io/name'

/** Annotation of ReplicaSets and Services of an Experiment: the name of the template. */
export const experimentTemplateNameAnnotation = 'experiment.argoproj.io/template-name'

/** Label of the Jobs, and their pods, of an AnalysisRun: its uid. */
export const analysisRunUidLabel = 'analysisrun.argoproj.io/uid'

/** Annotation of the Jobs of an AnalysisRun: its name. */
export const analysisRunNameAnnotation = 'analysisrun.argoproj.io/name'

/** Annotation of the Jobs of an AnalysisRun: its namespace. */
export const analysisRunNamespaceAnnotation = 'analysisrun.argoproj.io/namespace'

/** Annotation of the Jobs of an AnalysisRun: the name of the metric. */
export const analysisRunMetricAnnotation = 'analysisrun.argoproj.io/metric-name'

/** Annotation of an ALB Ingress: JSON of the annotation keys that each Rollout manages. */
export const managedAlbAnnotationsAnnotation = 'rollouts.argoproj.io/managed-alb-annotations'

/** Earlier key of {@link managedAlbAnnotationsAnnotation}. */
export const managedAlbActionsAnnotation = 'rollouts.argoproj.io/managed-alb-actions'

/** Label of a Secret that holds the kubeconfig of the cluster where the Istio objects are; its value is `true`. */
export const istioPrimaryClusterLabel = 'istio.argoproj.io/primary-cluster'

/** Label of an EndpointSlice: the name of its Service (Kubernetes, `discovery.k8s.io/v1`). */
export const serviceNameLabel = 'kubernetes.io/service-name'

/**
 * Annotation of a routing object, such as a route of the Gateway API or a TraefikService, while a release has added rules
 * or backends to it: which, by Rollout, as JSON.
 * Our own; the published plugin keeps that in a ConfigMap.
 */
export const managedRoutePartsAnnotation = 'rollouts.argoproj.io/managed-route-parts'
