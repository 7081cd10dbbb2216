import type { Strategies } from './objects/strategy.ts'

/** Strategies by kind. */
export const strategyOf: Strategies = () => ({})
