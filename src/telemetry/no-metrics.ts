import type { Metrics } from './metrics.ts'

const ignore = (): void => {}

/** Metrics that nobody reads: for programs without a metrics port, which then load no metrics library. */
export const noMetrics: Metrics = {
  counter: () => ({ inc: ignore, remove: ignore }),
  gauge: () => ({ set: ignore, remove: ignore }),
  histogram: () => ({ observe: ignore, remove: ignore }),
  observed: ignore,
}
