/** How one effect of a plan ended. After a failure the remaining ones are skipped. */
export type EffectOutcome<Effect> =
  | { readonly effect: Effect; readonly result: 'done' }
  | { readonly effect: Effect; readonly result: 'failed'; readonly error: unknown }
  | { readonly effect: Effect; readonly result: 'skipped' }

/** Applies effects in order and stops at the first that fails; the rest is left to a later pass. Never rejects. */
export const applyInOrder = async <Effect>(
  effects: readonly Effect[],
  applyOne: (effect: Effect) => Promise<void>,
): Promise<readonly EffectOutcome<Effect>[]> => {
  const outcomes: EffectOutcome<Effect>[] = []
  let failed = false
  for (const effect of effects) {
    if (failed) {
      outcomes.push({ effect, result: 'skipped' })
      continue
    }
    try {
      await applyOne(effect)
      outcomes.push({ effect, result: 'done' })
    } catch (error) {
      failed = true
      outcomes.push({ effect, result: 'failed', error })
    }
  }
  return outcomes
}
