import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { LeafChange } from './leaf-changes.ts'

type R = DeepReadonly<Rollout>

const isReleasing = ({ status }: R): boolean => status?.stableRS !== status?.currentPodHash

/** What the controller does about a field that changes, the first that fits counts. */
const rules: readonly (readonly [field: RegExp, says: (change: LeafChange, live: R) => string | undefined])[] = [
  [/^spec\.selector/, () => 'refused by the server: the selector of a Rollout cannot change'],
  [/^spec\.replicas$/, ({ before, after }) => `scales from ${before ?? 1} to ${after ?? 1} pods`],
  [/^spec\.paused$/, ({ after }) => (after === true ? 'holds the release' : 'lets the release go on')],
  [/^spec\.restartAt$/, () => 'replaces pods that are older, once that time has come'],
  [/^spec\.workloadRef/, () => 'takes the pod template from another workload'],
  [/^spec\.strategy\.(canary|blueGreen)$/, () => 'changes the strategy: the stable revision goes on'],
  [
    /^spec\.strategy\.canary\.steps/,
    (_change, live) =>
      isReleasing(live) ? 'the release under way begins again at its first step' : 'counts from the next release on',
  ],
  [
    /^spec\.strategy\.canary\.trafficRouting/,
    () => 'routers follow at once; one that is no longer named gives its routes back',
  ],
  [/^spec\.strategy\.(canary|blueGreen)\.\w*Service$/, () => 'the Service is pointed at its pods at once'],
  [/^spec\.strategy\.canary\.analysis/, () => 'counts from the next analysis on'],
  [/^spec\.(progressDeadlineSeconds|progressDeadlineAbort|minReadySeconds)/, () => 'counts at once'],
  [/^spec\.revisionHistoryLimit$/, () => 'older ReplicaSets beyond it are deleted'],
]

/** What comes of a change outside the pod template, as far as there is something to be said about it. */
export const consequenceOf = (change: LeafChange, live: R | undefined): { readonly consequence?: string } => {
  if (live === undefined) return {}
  const rule = rules.find(([field]) => field.test(change.path))
  const consequence = rule?.[1](change, live)
  return consequence === undefined ? {} : { consequence }
}
