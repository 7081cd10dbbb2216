/** A text of at most so many characters, counted as people do; one that was longer ends in `...`, as with the published controller. */
export const shorten = (text: string, longest: number): string => {
  const characters = [...text]
  return characters.length > longest ? `${characters.slice(0, longest - 3).join('')}...` : text
}
