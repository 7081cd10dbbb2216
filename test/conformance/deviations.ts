/**
 * Recorded answers that we do not give, by case id, each with its reason. Only for answers that harm users; every other
 * difference is a defect.
 */
export const deviations: ReadonlyMap<string, string> = new Map()
