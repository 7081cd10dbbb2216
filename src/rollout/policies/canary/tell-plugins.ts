import { rolloutConditions } from '../../../api/conditions.ts'
import { conditionOf, removeCondition, renewCondition } from '../../conditions.ts'
import type { Draft } from '../../draft.ts'
import { reconciliationError } from '../../events.ts'
import { pluginUses } from '../../plugin-uses.ts'

/**
 * Shows which plugins cannot be asked, and what to do about it. It holds up only what needs them: the Rollout is scaled,
 * aborted and promoted as ever.
 */
export const tellPlugins = (draft: Draft): void => {
  const { snapshot, status, before, timestamp } = draft
  const { pluginUnavailable: type } = rolloutConditions
  const unusable = pluginUses(snapshot.rollout)
    .map(({ kind, name }) => snapshot.plugins.find(kind, name))
    .filter((lookup) => lookup.type === 'unusable')
  const [first] = unusable
  if (first === undefined) {
    removeCondition(status, type)
    return
  }
  const message = unusable.map(({ problem }) => problem).join('; ')
  if (conditionOf(before, type)?.message === message) return
  renewCondition(status, { type, status: 'True', reason: first.reason, message }, timestamp)
  draft.announce(reconciliationError(message))
}
