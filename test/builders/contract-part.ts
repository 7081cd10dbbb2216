/** Parts of the contract that every provider over HTTP is held to, in order; the documentation explains each. */
export const contractParts = [
  'documented answers',
  'refused credentials',
  'throttled, in trouble',
  'slow, cut off, gone',
  'malformed',
  'HTML',
  '10 MB',
  'secrets hidden',
] as const

/** See {@link contractParts}. */
export type ContractPart = (typeof contractParts)[number]
