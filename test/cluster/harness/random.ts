/** Random numbers that a seed repeats. */
export interface Random {
  readonly seed: number
  /** A whole number from 0 to below `limit`. */
  upTo(limit: number): number
}

/** Seeded by `$CROSSFADE_SEED`, else by the clock. The sequence is mulberry32's. */
export function createRandom(): Random {
  const seed = Number(process.env.CROSSFADE_SEED ?? Date.now() % 1_000_000)
  let state = seed
  return {
    seed,
    upTo(limit) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
    },
  }
}
