/** A source of numbers in [0, 1), repeatable from its seed. */
export type Random = () => number

/**
 * A small seeded generator (mulberry32, Tommy Ettinger, public domain): 32 bits of state, enough to vary a simulation and
 * never meant for secrets. The same seed gives the same history on every machine.
 */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A number in [0, 1) that depends on the seed and the text only, not on how many numbers were drawn before. Used where an
 * extra call (one more measurement, one more pod) must not change everything that follows.
 */
export const randomOf = (seed: number, text: string): number => {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return seededRandom(hash)()
}
