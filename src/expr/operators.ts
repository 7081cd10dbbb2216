/** How strongly an operator binds: higher first. Source: the expr language definition, "Operators". */
export const unaryPrecedence: ReadonlyMap<string, number> = new Map([
  ['not', 50],
  ['!', 50],
  ['-', 90],
  ['+', 90],
])

/** Binary operators; those of {@link rightAssociative} group from the right. */
export const binaryPrecedence: ReadonlyMap<string, number> = new Map([
  ['|', 0],
  ['or', 10],
  ['||', 10],
  ['and', 15],
  ['&&', 15],
  ['==', 20],
  ['!=', 20],
  ['<', 20],
  ['>', 20],
  ['>=', 20],
  ['<=', 20],
  ['in', 20],
  ['matches', 20],
  ['contains', 20],
  ['startsWith', 20],
  ['endsWith', 20],
  ['..', 25],
  ['+', 30],
  ['-', 30],
  ['*', 60],
  ['/', 60],
  ['%', 60],
  ['**', 100],
  ['^', 100],
  ['??', 500],
])

export const rightAssociative: ReadonlySet<string> = new Set(['**', '^'])

/** Operators that chain: `1 < x < 10` is `1 < x && x < 10`. */
export const comparisons: ReadonlySet<string> = new Set(['<', '>', '>=', '<='])

/** Operators that `not` may precede: `x not in y`. */
export const negatableOperators: ReadonlySet<string> = new Set(['contains', 'matches', 'startsWith', 'endsWith', 'in'])
