/** The normal quantile for a two-sided confidence of 99.99 %: of 10,000 fair samples one is outside. */
const z = 3.891

/** The shares between which a sample lies with a confidence of 99.99 %. */
export interface Bounds {
  readonly from: number
  readonly to: number
}

/**
 * Where the share of a version among `requests` answers lies when each one goes there with the probability `share`: the
 * normal approximation of the binomial distribution with the continuity correction. A share of 0 or 1 leaves no room.
 */
export function sharesWithinSamplingError(share: number, requests: number): Bounds {
  const deviation = z * Math.sqrt((share * (1 - share)) / requests)
  const margin = deviation === 0 ? 0 : deviation + 1 / (2 * requests)
  return { from: Math.max(0, share - margin), to: Math.min(1, share + margin) }
}
