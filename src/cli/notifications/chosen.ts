/** The entry of the name that is the only word, or else all of them; in the order of their names. */
export const chosen = <T>(
  items: ReadonlyMap<string, T>,
  words: readonly string[],
): readonly (readonly [string, T])[] => {
  const name = words.length === 1 ? words[0] : ''
  return [...items].filter(([key]) => name === '' || key === name).sort(([a], [b]) => (a < b ? -1 : 1))
}
