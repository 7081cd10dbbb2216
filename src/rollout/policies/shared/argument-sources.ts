import type { ArgumentSources } from '../../analysis-arguments.ts'
import type { Draft } from '../../draft.ts'

/**
 * What arguments of an analysis are taken from: the Rollout as this round found it, since a field may only just have got the
 * value that an argument refers to, and the step whose analysis begins may have been reached in this very pass.
 */
export const argumentSourcesOf = ({ snapshot, before, next }: Draft): ArgumentSources => ({
  rollout: { ...snapshot.rollout, status: before },
  latestHash: next?.hash ?? '',
  stableHash: before.stableRS ?? '',
})
