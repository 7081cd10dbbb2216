import type { RolloutInfo } from '../../server/dashboard/messages.ts'

/** Reads a weight such as `20` or `20%`; undefined where there is none. */
export const percentOf = (weight: string | undefined): number | undefined => {
  if (weight === undefined || weight.trim() === '') return undefined
  const number = Number(weight.trim().replace(/%$/, ''))
  return Number.isFinite(number) ? number : undefined
}

/** Weights of a canary, for a strip. */
export interface Weights {
  /** What the steps ask for. */
  readonly desired: number
  /** What the router, or the number of pods, gives. */
  readonly actual: number
  /** What the whole traffic is counted as. */
  readonly max: number
}

/**
 * The weights of a canary; undefined for anything else. The messages do not tell what the whole is counted as: 100, or the
 * largest weight that is named anywhere.
 */
export const weightsOf = ({ strategy, setWeight, actualWeight, steps }: RolloutInfo): Weights | undefined => {
  const desired = percentOf(setWeight)
  if (strategy !== 'Canary' || desired === undefined) return undefined
  const actual = percentOf(actualWeight) ?? 0
  const ofSteps = (steps ?? []).map((step) => step.setWeight ?? 0)
  return { desired, actual, max: Math.max(100, desired, actual, ...ofSteps) }
}

/** The share of the whole that a weight is, 0 to 1. */
export const shareOf = (weight: number, max: number): number => Math.min(1, Math.max(0, weight / max))
