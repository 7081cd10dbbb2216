/** Text of somebody else for a message: one line of it, at most 240 characters. */
export const excerpt = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 240 ? `${line.slice(0, 240).toWellFormed()}…` : line
}
