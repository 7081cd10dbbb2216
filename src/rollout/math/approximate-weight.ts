/** How many pods the new and the stable ReplicaSet are to have. */
export interface CanaryCounts {
  readonly canary: number
  readonly stable: number
}

interface Split {
  readonly canary: number
  readonly total: number
}

/** The two whole numbers of pods around a weight; only the upper one when the weight lies exactly between them. */
const around = (
  weight: number,
  maxWeight: number,
  replicas: number,
  of: number,
): readonly [number, number | undefined] => {
  const exact = (replicas * weight) / maxWeight
  const fraction = (of * weight) / maxWeight
  const tied = fraction - Math.floor(fraction) === 0.5
  return [Math.ceil(exact), tied ? undefined : Math.floor(exact)]
}

const candidates = (replicas: number, weight: number, maxWeight: number, surge: boolean): readonly Split[] => {
  const extreme = weight === 0 || weight === maxWeight
  const zeroAllowed = extreme || (replicas === 1 && !surge)
  const [up, down] = around(weight, maxWeight, replicas, replicas)
  const [, downWithSurge] = around(weight, maxWeight, replicas, replicas + 1)
  const usable = (canary: number | undefined): canary is number => canary !== undefined && (canary !== 0 || zeroAllowed)
  const splits: Split[] = []
  if (up < replicas || zeroAllowed) splits.push({ canary: up, total: replicas })
  if (usable(down)) splits.push({ canary: down, total: replicas })
  if (surge) splits.push({ canary: up, total: replicas + 1 })
  if (surge && usable(downWithSurge)) splits.push({ canary: downWithSurge, total: replicas + 1 })
  return splits
}

/**
 * The numbers of pods that come nearest to a weight, as the published controller chooses them: of the whole numbers
 * around the exact share, with one pod beyond `replicas` to choose from where surge is allowed; the first of the equally
 * good ones. Between the extremes neither side gets 0 pods if there are two or more.
 *
 * One deviation: without surge the published choice can be no canary at all for a weight just below the maximum (75 % of
 * 2 pods); here one pod stays stable and the others become canary.
 */
export const approximateWeight = (
  replicas: number,
  weight: number,
  maxWeight: number,
  maxSurge: number,
): CanaryCounts => {
  if (replicas === 0) return { canary: 0, stable: 0 }
  const distance = ({ canary, total }: Split): number => Math.abs((canary * maxWeight) / total - weight)
  const splits = candidates(replicas, weight, maxWeight, maxSurge > 0)
  const fallback: Split = { canary: replicas - 1, total: replicas }
  const best = splits.reduce((a, b) => (distance(b) < distance(a) ? b : a), splits[0] ?? fallback)
  return { canary: best.canary, stable: best.total - best.canary }
}
