import type { BlueGreenStatus } from '../../../api/rollout-status.ts'
import type { Draft } from '../../draft.ts'
import { total } from '../../math/release.ts'
import { selectorText } from '../../selector-text.ts'
import { activeHash, activeReplicaSet } from '../shared/active-replica-set.ts'

const selectorsOf = (draft: Draft): Pick<BlueGreenStatus, 'activeSelector' | 'previewSelector'> => {
  const { snapshot, services } = draft
  const active = activeHash(draft)
  const preview = services.selected(snapshot.rollout.spec.strategy?.blueGreen?.previewService ?? '')
  return { ...(active !== '' && { activeSelector: active }), ...(preview !== '' && { previewSelector: preview }) }
}

/**
 * Notes what the ReplicaSets report, and which ones the Services select. What is available, and what an autoscaler is to
 * count, are the pods that serve: another revision beside them changes neither.
 */
export const countReplicas = (draft: Draft): void => {
  const { status, sets, next, snapshot } = draft
  const active = activeReplicaSet(draft)
  const serving = active === undefined ? sets : [active]
  const { activeSelector: _, previewSelector: __, ...reached } = status.blueGreen ?? {}
  status.blueGreen = { ...selectorsOf(draft), ...reached }
  status.replicas = total(sets, 'created')
  status.updatedReplicas = next?.created ?? 0
  status.readyReplicas = serving.reduce((sum, set) => sum + set.ready, 0)
  status.availableReplicas = total(serving, 'available')
  status.HPAReplicas = total(serving, 'created')
  status.selector = selectorText(active?.object.spec.selector ?? snapshot.rollout.spec.selector)
  status.currentPodHash = next?.hash ?? status.currentPodHash ?? ''
  if (status.promoteFull === true && status.currentPodHash === status.stableRS) delete status.promoteFull
}
