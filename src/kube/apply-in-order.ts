/** How one effect of a plan ended. After a failure the effects that may depend on the failed one are skipped. */
export type EffectOutcome<Effect> =
  | { readonly effect: Effect; readonly result: 'done' }
  | { readonly effect: Effect; readonly result: 'failed'; readonly error: unknown }
  | { readonly effect: Effect; readonly result: 'skipped' }

/**
 * Applies effects in order and stops at the first that fails; the rest is left to a later pass. Never rejects.
 * @param isApart whether an effect is applied although an earlier one has failed; by default none is
 */
export const applyInOrder = async <Effect>(
  effects: readonly Effect[],
  applyOne: (effect: Effect) => Promise<void>,
  isApart: (effect: Effect, failed: Effect) => boolean = () => false,
): Promise<readonly EffectOutcome<Effect>[]> => {
  const outcomes: EffectOutcome<Effect>[] = []
  const failures: Effect[] = []
  for (const effect of effects) {
    if (!failures.every((failed) => isApart(effect, failed))) {
      outcomes.push({ effect, result: 'skipped' })
      continue
    }
    try {
      await applyOne(effect)
      outcomes.push({ effect, result: 'done' })
    } catch (error) {
      failures.push(effect)
      outcomes.push({ effect, result: 'failed', error })
    }
  }
  return outcomes
}
