import type { Rule } from './rules.ts'

/** How many matches a rule could have at first; later versions of the Gateway API take 64. */
const matchesOfOldRules = 8

/** What a route takes (Gateway API, HTTPRouteSpec and GRPCRouteSpec, rules). */
const most = { rules: 16, matches: 128 }

const matchCount = ({ matches = [] }: Rule): number => matches.length

/** How many matches a rule of a route surely may have: as many as there are in one already. */
export const matchesPerRule = (present: readonly Rule[]): number =>
  Math.max(matchesOfOldRules, ...present.map(matchCount))

/** Rules that together match what one does, none of them with more matches than a rule may have. */
export const withFewMatches = (rule: Rule, atMost: number): readonly Rule[] => {
  const { matches = [] } = rule
  const count = Math.max(1, Math.ceil(matches.length / atMost))
  return count === 1
    ? [rule]
    : Array.from({ length: count }, (_, part) => ({
        ...rule,
        matches: matches.slice(part * atMost, (part + 1) * atMost),
      }))
}

/** Why the API server would refuse a route with these rules, as the end of a sentence; `undefined` where it would not. */
export const limitFault = (rules: readonly Rule[]): string | undefined => {
  const matches = rules.reduce((sum, rule) => sum + matchCount(rule), 0)
  if (rules.length > most.rules) return `${rules.length} rules, and the Gateway API takes ${most.rules}`
  return matches > most.matches
    ? `${matches} matches in its rules, and the Gateway API takes ${most.matches}`
    : undefined
}
